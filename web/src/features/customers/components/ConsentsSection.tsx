import { Alert, Select, TextInput } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { consentChoices, consentParts } from '@/api/consents';
import type { Customer360 } from '@/api/types';
import { formatDate } from '@/lib/dates';
import { consentsQuery, useAdd } from '../queries';
import { Item, Section, Submit, useSectionForm } from './Section';
import classes from './Sections.module.css';

/** What the customer agreed to, and the ledger that proves it. */
export function ConsentsSection({
  id,
  first,
  mayWrite,
}: {
  id: number;
  /** What stands now, as it came with the customer, until the ledger is here too. */
  first: Customer360['consents'];
  mayWrite: boolean;
}) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(consentsQuery(id));
  const current = data?.current ?? first;
  const [ledger, setLedger] = useState(false);
  const say = (entry: { channel: string; purpose: string }) =>
    [
      t(`common.consent.channel.${entry.channel}`, { defaultValue: entry.channel }),
      t(`common.consent.purpose.${entry.purpose}`, { defaultValue: entry.purpose }),
    ].join(' · ');
  const state = (status: string) => (
    <span className={classes.state} data-status={status}>
      {t(`common.consent.status.${status}`, { defaultValue: status })}
    </span>
  );

  return (
    <Section
      title={t('customers.sections.consents')}
      isEmpty={current.length === 0}
      form={mayWrite ? (close) => <Form id={id} onDone={close} /> : undefined}
    >
      {() => (
        <>
          <ul className={classes.list}>
            {current.map((consent) => (
              <Item
                key={`${consent.channel} ${consent.purpose}`}
                icon={<IconShieldCheck size={15} stroke={1.7} />}
                title={
                  <>
                    {say(consent)}: {state(consent.status)}
                  </>
                }
                detail={[
                  formatDate(consent.at, 'date', i18n.language),
                  t(`common.consent.source.${consent.source}`, { defaultValue: consent.source }),
                  consent.evidence,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              />
            ))}
          </ul>
          <button type="button" className={classes.ledger} aria-expanded={ledger} onClick={() => setLedger(!ledger)}>
            {ledger ? t('customers.consent.hide_ledger') : t('customers.consent.show_ledger')}
          </button>
          <a
            className={classes.ledger}
            href={`/api/v1/crm/customers/${id}/consents/dossier/`}
            download={`${t('customers.consent.dossier_file')}-${id}.json`}
          >
            {t('customers.consent.dossier')}
          </a>
          {ledger && (
            <ol className={classes.list}>
              {data?.ledger.results.map((entry) => (
                <li key={entry.id} className={classes.item}>
                  <span className={classes.text}>
                    {say(entry)}: {state(entry.status)}
                    <small>
                      {[
                        formatDate(entry.at, 'date-time', i18n.language),
                        t(`common.consent.source.${entry.source}`),
                        entry.evidence,
                        entry.actor_name,
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </small>
                  </span>
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </Section>
  );
}

function Form({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const add = useAdd(id, 'consents');
  const form = useSectionForm(
    { channel: 'email', purpose: 'marketing', status: 'granted', source: 'web_form', evidence: '' },
    add.mutateAsync,
    onDone,
  );
  const choice = (name: (typeof consentParts)[number]) => (
    <Select
      key={name}
      label={t(`common.consent.part.${name}`)}
      data={consentChoices[name].map((value) => ({ value, label: t(`common.consent.${name}.${value}`) }))}
      value={form.values[name]}
      onChange={(value) => value && form.set(name, value)}
      error={form.errorOf(name)}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
    />
  );
  return (
    <form className={classes.form} onSubmit={form.submit}>
      {form.general && <Alert color="red">{form.general}</Alert>}
      {consentParts.map(choice)}
      <TextInput
        label={t('common.consent.part.evidence')}
        value={form.values.evidence}
        onChange={(event) => form.set('evidence', event.currentTarget.value)}
        error={form.errorOf('evidence')}
      />
      <Submit isSending={form.isSending} onCancel={onDone} />
    </form>
  );
}
