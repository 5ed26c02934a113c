import { Alert, Button, Drawer, Group } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RecordKind } from '@/api/records';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { useErrorText } from '../error-text';
import { CriteriaBuilder } from '../filters/CriteriaBuilder';
import { type Criteria, everything } from '../filters/criteria';
import { criteriaOfDraft, draftOf, isComplete } from '../filters/draft';
import type { FilterField } from '../filters/filter';
import classes from './CriteriaDrawer.module.css';

/** Writes the conditions of the list, in groups; beside them the sentence they make and how many they find. */
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
  const [draft, setDraft] = useState(() => draftOf(value));
  const { criteria, places } = useMemo(() => criteriaOfDraft(draft, fields), [draft, fields]);
  const complete = isComplete(draft, fields);
  const [asked] = useDebouncedValue(criteria, 250);
  const answer = useQuery({ ...recordSentenceQuery(kind, asked, complete), placeholderData: (before) => before });
  const complaints = answer.error instanceof ApiError ? answer.error.errors : {};
  const errors = new Map(
    [...places].flatMap(([id, place]) => {
      const found = Object.entries(complaints).find(([where]) => where === place || where.startsWith(`${place}.`));
      return found?.[1][0] ? [[id, found[1][0]] as const] : [];
    }),
  );

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) onApply(criteria);
      }}
    >
      <Sentence
        noun={noun}
        said={complete ? answer.data : undefined}
        error={complete && errors.size === 0 ? answer.error : undefined}
      />
      <CriteriaBuilder fields={fields} value={draft} onChange={setDraft} errors={errors} />
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" color="gray" mr="auto" onClick={() => onApply(everything)}>
          {t('common.filter.clear')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" disabled={!complete || answer.isError}>
          {t('common.filter.apply')}
        </Button>
      </Group>
    </form>
  );
}

function Sentence({
  noun,
  said,
  error,
}: {
  noun: (count: number) => string;
  said: { sentence: { tr: string; en: string }; count: number; count_is_capped: boolean } | undefined;
  error: unknown;
}) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  if (error) {
    return (
      <Alert color="red" variant="light" role="alert">
        {textOf(error)}
      </Alert>
    );
  }
  const number = said && formatCount(said.count, i18n.language) + (said.count_is_capped ? '+' : '');
  return (
    <p className={classes.sentence} aria-live="polite">
      {said ? (
        <>
          {said.sentence[asLanguage(i18n.language)]}
          <span className={classes.count}>{`${number} ${noun(said.count)}`}</span>
        </>
      ) : (
        t('common.list.incomplete')
      )}
    </p>
  );
}
