import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RetentionRule } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { CriteriaBuilder } from '@/ui/filters/CriteriaBuilder';
import type { Criteria } from '@/ui/filters/criteria';
import { criteriaOfDraft, draftOf, isComplete } from '@/ui/filters/draft';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { useSaveRule } from '../retention';

const fields = ['name', 'action'];
const unmarked = new Map<string, string>();

/** A rule being made or changed: whom it meets, in words beside it, and what becomes of them. */
export function RetentionDrawer({ rule, onClose }: { rule: RetentionRule | undefined; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { list } = useCustomerFields();
  const save = useSaveRule();
  const form = useForm({
    initialValues: { name: rule?.name ?? '', action: (rule?.action ?? 'erase') as 'delete' | 'erase' },
  });
  const [draft, setDraft] = useState(() => draftOf((rule?.criteria as unknown as Criteria) ?? { all: [] }));
  const { criteria } = useMemo(() => criteriaOfDraft(draft, list), [draft, list]);
  const complete = isComplete(draft, list);
  const [asked] = useDebouncedValue(criteria, 250);
  const { data: said } = useQuery({
    ...recordSentenceQuery('customers', asked, complete),
    placeholderData: (before) => before,
  });
  const submit = form.onSubmit((values) => {
    if (!complete) return;
    save.mutate(
      { id: rule?.id, ...values, criteria },
      { onSuccess: onClose, onError: (error) => form.setErrors(errorsOf(error, fields)) },
    );
  });

  return (
    <FormDrawer
      opened
      onClose={onClose}
      size={680}
      title={rule ? rule.name : t('customers.retention.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('customers.retention.name')} data-autofocus {...form.getInputProps('name')} />
      <Radio.Group label={t('customers.retention.action')} {...form.getInputProps('action')}>
        <Stack gap={6} mt={6}>
          {(['erase', 'delete'] as const).map((action) => (
            <Radio
              key={action}
              value={action}
              label={t(`customers.retention.actions.${action}`)}
              description={t(`customers.retention.hints.${action}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Text size="sm" aria-live="polite">
        {complete && said ? (
          <>
            {said.sentence[asLanguage(i18n.language)]}{' '}
            {formatCount(said.count, i18n.language) + (said.count_is_capped ? '+' : '')}{' '}
            {t('customers.noun', { count: said.count })}
          </>
        ) : (
          t('common.list.incomplete')
        )}
      </Text>
      <CriteriaBuilder fields={list} value={draft} onChange={setDraft} errors={unmarked} />
    </FormDrawer>
  );
}
