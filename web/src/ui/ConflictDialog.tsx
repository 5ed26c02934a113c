import { Button, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import type { Conflict } from '@/api/error';
import { said } from './facts/said';

type Choice = 'yours' | 'theirs';

/** Two people changed the same fields: which value is to stay, field by field, and what was there before? Answers the fields to write again. */
export function ConflictDialog({
  conflicts,
  fields: known,
  onResolve,
  onClose,
}: {
  conflicts: Record<string, Conflict> | undefined;
  fields: Map<string, LocalField>;
  onResolve: (changes: Record<string, unknown>) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const fields = Object.entries(conflicts ?? {});
  const labelOf = (name: string) => known.get(name)?.label ?? name;
  const say = (name: string, value: unknown) => said(known.get(name), value, i18n.language);

  const resolve = () => {
    const mine = fields.filter(([field]) => (choices[field] ?? 'yours') === 'yours');
    onResolve(Object.fromEntries(mine.map(([field, { yours }]) => [field, yours])));
  };

  return (
    <Modal
      opened={conflicts !== undefined}
      onClose={onClose}
      title={t('common.conflict.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text c="dimmed">{t('common.conflict.text')}</Text>
        {fields.map(([field, { yours, theirs, original }]) => (
          <Radio.Group
            key={field}
            label={labelOf(field)}
            description={t('common.conflict.original', { value: say(field, original) || '—' })}
            value={choices[field] ?? 'yours'}
            onChange={(choice) => setChoices({ ...choices, [field]: choice as Choice })}
          >
            <Stack gap={6} mt={6}>
              <Radio value="yours" label={t('common.conflict.yours', { value: say(field, yours) || '—' })} />
              <Radio value="theirs" label={t('common.conflict.theirs', { value: say(field, theirs) || '—' })} />
            </Stack>
          </Radio.Group>
        ))}
        <Button onClick={resolve}>{t('common.conflict.resolve')}</Button>
      </Stack>
    </Modal>
  );
}
