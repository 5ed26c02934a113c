import { Button, Drawer, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RecordKind } from '@/api/records';
import { CriteriaField, criteriaDraft } from '../filters/CriteriaField';
import { type Criteria, everything } from '../filters/criteria';
import type { FilterField } from '../filters/filter';

/** Writes the conditions of the list, in groups; above them the sentence they make and how many they find. */
export function CriteriaDrawer({
  opened,
  onClose,
  ...form
}: {
  opened: boolean;
  onClose: () => void;
  kind: RecordKind;
  /** What so many records of the kind are called. */
  noun: (count: number) => string;
  fields: FilterField[];
  value: Criteria;
  onApply: (criteria: Criteria) => void;
}) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={680}
      title={t('common.list.conditions')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form onClose={onClose} {...form} />
    </Drawer>
  );
}

function Form({
  kind,
  noun,
  fields,
  value,
  onApply,
  onClose,
}: {
  kind: RecordKind;
  noun: (count: number) => string;
  fields: FilterField[];
  value: Criteria;
  onApply: (criteria: Criteria) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [written, setWritten] = useState(() => criteriaDraft(value, fields));
  const { criteria } = written;
  // The field asks; what it was answered is known here, too.
  const { isError } = useQuery(recordSentenceQuery(kind, criteria ?? everything, false));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (criteria) onApply(criteria);
      }}
    >
      <CriteriaField
        label={t('common.list.conditions')}
        isLabelHidden
        empty={t('common.list.everything')}
        fields={fields}
        value={written}
        onChange={setWritten}
        ask={(asked, enabled) => recordSentenceQuery(kind, asked, enabled)}
        counted={(count, number) => `${number} ${noun(count)}`}
      />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="subtle" color="gray" mr="auto" onClick={() => onApply(everything)}>
          {t('common.filter.clear')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" disabled={!criteria || isError}>
          {t('common.filter.apply')}
        </Button>
      </Group>
    </form>
  );
}
