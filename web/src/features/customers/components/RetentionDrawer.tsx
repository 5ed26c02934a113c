import { Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RetentionRule } from '@/api/types';
import { CriteriaField, criteriaDraft } from '@/ui/filters/CriteriaField';
import { type Criteria, everything, isEverything } from '@/ui/filters/criteria';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { useSaveRule } from '../retention';

const fields = ['name', 'action'];

/** A rule being made or changed: whom it meets, in words beside it, and what becomes of them. */
export function RetentionDrawer({ rule, onClose }: { rule: RetentionRule | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { list } = useCustomerFields();
  const save = useSaveRule();
  const form = useForm({
    initialValues: { name: rule?.name ?? '', action: (rule?.action ?? 'erase') as 'delete' | 'erase' },
  });
  const [written, setWritten] = useState(() =>
    criteriaDraft((rule?.criteria as unknown as Criteria) ?? everything, list),
  );
  const submit = form.onSubmit((values) => {
    // A rule for everybody is never meant.
    if (!written.criteria || isEverything(written.criteria)) return;
    save.mutate(
      { id: rule?.id, ...values, criteria: written.criteria },
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
      <CriteriaField
        label={t('customers.retention.whom')}
        fields={list}
        value={written}
        onChange={setWritten}
        ask={(asked, enabled) => recordSentenceQuery('customers', asked, enabled)}
        counted={(count, number) => `${number} ${t('customers.noun', { count })}`}
      />
    </FormDrawer>
  );
}
