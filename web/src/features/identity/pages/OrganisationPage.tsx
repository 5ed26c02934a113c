import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Organisation } from '@/api/types';
import { intlLocale } from '@/lib/language';
import { ErrorState } from '@/ui/ErrorState';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, Refusal } from '@/ui/form/FormDrawer';
import { Page } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { codeExample, DEFAULT_PATTERN } from '../code-example';
import { AuditKept } from '../components/AuditKept';
import { organisationQuery, useChangeOrganisation } from '../organisation';
import classes from './Settings.module.css';

const names = ['name', 'time_zone', 'currency', 'locale', 'customer_code_pattern', 'audit_kept_months'];

/** Whose installation this is, and how it counts days, money and customers. */
export function OrganisationPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(organisationQuery);
  return (
    <Page title={t('common.settings.organisation')} lead={t('identity.organisation.lead')}>
      {error && !data ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : data ? (
        <Form organisation={data} />
      ) : (
        <div className={classes.form} aria-busy>
          {names.map((name) => (
            <Skeleton key={name} height={57} />
          ))}
        </div>
      )}
    </Page>
  );
}

function Form({ organisation }: { organisation: Organisation }) {
  const { t, i18n } = useTranslation();
  const change = useChangeOrganisation();
  const form = useForm<Organisation>({ initialValues: organisation });
  const zones = useMemo(() => withPresent(Intl.supportedValuesOf('timeZone'), organisation.time_zone), [organisation]);
  const currencies = useMemo(() => {
    const nameOf = new Intl.DisplayNames([intlLocale(i18n.language)], { type: 'currency' });
    return withPresent(
      ['TRY', 'EUR', 'USD', 'GBP', 'CHF', 'AZN', 'SAR', 'AED', 'RUB', 'CNY'],
      organisation.currency,
    ).map((code) => ({ value: code, label: `${code} – ${nameOf.of(code)}` }));
  }, [organisation, i18n.language]);
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: (saved) => {
        form.setInitialValues(saved);
        form.setValues(saved);
        form.resetDirty(saved);
        showUndo(t('identity.changed'), undefined);
      },
      onError: (error) => form.setErrors(errorsOf(error, names)),
    }),
  );
  const example = codeExample(form.values.customer_code_pattern);

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Refusal error={change.error} fields={names} />
      <TextInput label={t('identity.organisation.name')} {...form.getInputProps('name')} />
      <Select
        label={t('identity.organisation.time_zone')}
        description={t('identity.organisation.time_zone_hint')}
        data={zones}
        searchable
        filter={foldedOptions}
        limit={100}
        allowDeselect={false}
        {...form.getInputProps('time_zone')}
      />
      <Select
        label={t('identity.organisation.currency')}
        data={currencies}
        searchable
        filter={foldedOptions}
        allowDeselect={false}
        {...form.getInputProps('currency')}
      />
      <Select
        label={t('common.user.language')}
        description={t('identity.organisation.language_hint')}
        data={[
          { value: 'tr', label: 'Türkçe' },
          { value: 'en', label: 'English' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('locale')}
      />
      <div>
        <TextInput
          label={t('identity.organisation.pattern')}
          description={t('identity.organisation.pattern_hint', { year: '{YYYY}', month: '{MM}', counter: '{00000}' })}
          placeholder={DEFAULT_PATTERN}
          spellCheck={false}
          {...form.getInputProps('customer_code_pattern')}
        />
        <p className={classes.example} aria-live="polite">
          {example
            ? t('identity.organisation.example', { code: example })
            : t('identity.organisation.no_example', { counter: '{00000}' })}
        </p>
      </div>
      <AuditKept
        months={form.values.audit_kept_months ?? null}
        saved={organisation.audit_kept_months ?? null}
        error={form.errors.audit_kept_months}
        onChange={(months) => form.setFieldValue('audit_kept_months', months)}
      />
      <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
        {t('common.save')}
      </Button>
    </form>
  );
}

/** The choices, with what is chosen now among them. */
function withPresent(choices: string[], present: string): string[] {
  return choices.includes(present) ? choices : [present, ...choices];
}
