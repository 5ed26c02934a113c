import { Alert, MultiSelect, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Token } from '@/api/types';
import { DateField } from '@/ui/DateField';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { useCreateToken } from '../tokens';

const names = ['name', 'scopes', 'expires_at'];
const EVERYTHING = '*';
const spans = ['30', '90', '365', 'date', 'never'] as const;
const DAY_MS = 86_400_000;

/** A token of one's own: what for, what it may do, until when. */
export function TokenDrawer({
  opened,
  permissions,
  onClose,
  onCreated,
}: {
  opened: boolean;
  /** What the token can be given: what its owner may do, with its words. */
  permissions: { value: string; label: string }[];
  onClose: () => void;
  onCreated: (token: Token) => void;
}) {
  const { t } = useTranslation();
  const create = useCreateToken();
  const form = useForm({
    initialValues: { name: '', everything: false, scopes: [] as string[], span: '90', date: null as string | null },
  });
  const submit = form.onSubmit(({ name, everything, scopes, span, date }) =>
    create.mutate(
      { name, scopes: everything ? [EVERYTHING] : scopes, expires_at: expiry(span, date) },
      { onSuccess: onCreated, onError: (error) => form.setErrors(errorsOf(error, names)) },
    ),
  );

  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('identity.tokens.new')}
      submit={t('identity.tokens.create')}
      onSubmit={submit}
      isPending={create.isPending}
      error={create.error}
      fields={names}
      errors={form.errors}
    >
      <TextInput
        label={t('identity.tokens.name')}
        description={t('identity.tokens.name_hint')}
        autoComplete="off"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Switch label={t('identity.tokens.everything')} {...form.getInputProps('everything', { type: 'checkbox' })} />
      {form.values.everything ? (
        <Alert color="orange" variant="light">
          {t('identity.tokens.everything_hint')}
        </Alert>
      ) : (
        <MultiSelect
          label={t('identity.tokens.scopes')}
          description={t('identity.tokens.scopes_hint')}
          data={permissions}
          searchable
          filter={foldedOptions}
          {...form.getInputProps('scopes')}
        />
      )}
      <Select
        label={t('identity.tokens.expires')}
        data={spans.map((span) => ({ value: span, label: t(`identity.tokens.span.${span}`) }))}
        allowDeselect={false}
        {...form.getInputProps('span')}
        error={form.values.span === 'date' ? undefined : form.errors.expires_at}
      />
      {form.values.span === 'date' && (
        <DateField
          label={t('identity.tokens.last_day')}
          value={form.values.date}
          onChange={(date) => form.setFieldValue('date', date)}
          error={form.errors.expires_at}
        />
      )}
    </FormDrawer>
  );
}

/** The moment after which the token is of no use; a chosen day is its last one. */
function expiry(span: string, date: string | null): string | null {
  if (span === 'never' || (span === 'date' && !date)) return null;
  if (span === 'date') return `${date}T23:59:59+03:00`;
  return new Date(Date.now() + Number(span) * DAY_MS).toISOString();
}
