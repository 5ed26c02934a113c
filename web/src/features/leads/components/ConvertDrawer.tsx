import { Alert, NumberInput, Radio, Select, Skeleton, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerFieldsQuery, useLocalFields } from '@/api/customer-fields';
import { ApiError } from '@/api/error';
import { pipelinesQuery } from '@/api/pipelines';
import { may, useMe } from '@/api/session';
import type { ConversionPreview, DuplicateCandidate } from '@/api/types';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { DateField } from '@/ui/DateField';
import { ErrorState } from '@/ui/ErrorState';
import { FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import {
  type ConversionChoice,
  conversionOf,
  hasContact,
  lacking,
  likelyChoice,
  type OpportunityChoice,
} from '../conversion';
import { conversionQuery, type LeadLine, useConvert } from '../queries';
import { titleOf } from '../title';
import { Became } from './Became';
import classes from './Convert.module.css';

/** Makes a customer of a lead: a new one or one that is there, the contact, an opportunity or none. */
export function ConvertDrawer({ lead, opened, onClose }: { lead: LeadLine; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const known = useQuery({ ...conversionQuery(lead.id), enabled: opened });
  // What was read for an earlier look may not be so any more.
  const preview = known.isFetchedAfterMount ? known.data : undefined;
  const convert = useConvert();
  const [chosen, setChosen] = useState<ConversionChoice | undefined>();
  const choice = chosen ?? (preview && likelyChoice(preview));
  const set = (changes: Partial<ConversionChoice>) => choice && setChosen({ ...choice, ...changes });
  const errors = convert.error instanceof ApiError ? convert.error.errors : {};
  const errorOf = (place: string) => errors[place]?.[0];
  const missing = preview && choice ? lacking(preview, choice, Object.keys(errors)) : [];
  const places = ['customer_id', 'contact_id', ...missing];
  if (choice?.opportunity) places.push(...Object.keys(choice.opportunity).map((name) => `opportunity.${name}`));
  const name = titleOf(lead);

  const send = (preview: ConversionPreview, choice: ConversionChoice) =>
    convert.mutate(
      { id: lead.id, ...conversionOf(preview, choice) },
      {
        onSuccess: (conversion) => {
          showUndo(t('leads.done.converted', { name }), conversion.operation_id, <Became {...conversion} />);
          onClose();
        },
      },
    );

  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('leads.convert.title', { name })}
      submit={t('leads.convert.do')}
      onSubmit={(event) => {
        event.preventDefault();
        if (preview && choice) send(preview, choice);
      }}
      isPending={convert.isPending}
      error={convert.error}
      fields={places}
      errors={errors}
      size={480}
    >
      {known.error && !preview && <ErrorState error={known.error} onRetry={() => known.refetch()} />}
      {!known.error && !preview && ['new', 'there', 'contact'].map((part) => <Skeleton key={part} height={76} />)}
      {preview?.conversion && (
        <p>
          {t('leads.convert.already')} <Became {...preview.conversion} />
        </p>
      )}
      {preview && choice && !preview.conversion && (
        <>
          {!preview.is_convertible && (
            <Alert color="yellow" variant="light">
              {t('leads.convert.not_now')}
            </Alert>
          )}
          <Customer
            preview={preview}
            value={choice.customer}
            onChange={(customer) => set({ customer })}
            error={errorOf('customer_id')}
          />
          <Missing
            places={missing.filter((place) => place.startsWith('customer.'))}
            values={choice.more}
            errorOf={errorOf}
            onChange={(more) => set({ more })}
          />
          {hasContact(preview, choice) && (
            <Contact
              preview={preview}
              value={choice.contact}
              onChange={(contact) => set({ contact })}
              error={errorOf('contact_id')}
            />
          )}
          <Missing
            places={missing.filter((place) => place.startsWith('contact_fields.'))}
            values={choice.more}
            errorOf={errorOf}
            onChange={(more) => set({ more })}
          />
          {may(me, 'opportunity.write') && (
            <Opportunity
              preview={preview}
              value={choice.opportunity}
              errorOf={errorOf}
              onChange={(opportunity) => set({ opportunity })}
            />
          )}
        </>
      )}
    </FormDrawer>
  );
}

interface Choosing {
  preview: ConversionPreview;
  value: string;
  onChange: (value: string) => void;
  error?: string;
}

const nameOf = (fields: Record<string, unknown>) =>
  String(fields.company_name ?? [fields.first_name, fields.last_name].filter(Boolean).join(' '));

function Customer({ preview, value, onChange, error }: Choosing) {
  const { t } = useTranslation();
  const [other, setOther] = useState<{ value: string; label: string } | undefined>();
  const { candidates, hidden_count } = preview.customers;
  const isPerson = preview.create === 'person';
  return (
    <Radio.Group label={t('leads.convert.which_customer')} value={value} onChange={onChange} error={error}>
      <Stack gap={8} mt={6}>
        <Radio
          value={preview.create}
          data-autofocus
          label={t(isPerson ? 'leads.convert.new_person' : 'leads.convert.new_company')}
          description={nameOf(preview.customer as Record<string, unknown>)}
        />
        {candidates.map((candidate) => (
          <CandidateRadio key={candidate.customer.id} candidate={candidate} />
        ))}
        {other && <Radio value={other.value} label={other.label} />}
      </Stack>
      <CustomerSelect
        label={t('leads.convert.search')}
        isLabelInside
        isEmptied
        value=""
        without={[...candidates.map(({ customer }) => customer.id), ...(other ? [Number(other.value)] : [])]}
        onChange={(_id, found) => {
          if (!found) return;
          setOther(found);
          onChange(found.value);
        }}
      />
      {hidden_count > 0 && <p className={classes.dim}>{t('leads.duplicate.hidden', { count: hidden_count })}</p>}
    </Radio.Group>
  );
}

function Contact({ preview, value, onChange, error }: Choosing) {
  const { t } = useTranslation();
  return (
    <Radio.Group label={t('leads.convert.which_contact')} value={value} onChange={onChange} error={error}>
      <Stack gap={8} mt={6}>
        <Radio
          value="new"
          label={t('leads.convert.new_contact')}
          description={nameOf((preview.contact ?? {}) as Record<string, unknown>)}
        />
        {preview.contacts?.candidates.map((candidate) => (
          <CandidateRadio key={candidate.customer.id} candidate={candidate} />
        ))}
        <Radio value="none" label={t('leads.convert.no_contact')} />
      </Stack>
    </Radio.Group>
  );
}

function CandidateRadio({ candidate: { customer, reasons } }: { candidate: DuplicateCandidate }) {
  return (
    <Radio
      value={String(customer.id)}
      label={`${customer.name} · ${customer.customer_code}`}
      description={reasons.map(({ text }) => text).join(' ')}
    />
  );
}

/** What customer or contact cannot be made without, and the lead does not know. */
function Missing({
  places,
  values,
  errorOf,
  onChange,
}: {
  places: string[];
  values: Record<string, string>;
  errorOf: (place: string) => string | undefined;
  onChange: (values: Record<string, string>) => void;
}): ReactNode {
  const { data: fields = [] } = useQuery(customerFieldsQuery);
  const { byName } = useLocalFields(fields);
  return places.map((place) => (
    <TextInput
      key={place}
      label={byName.get(place.split('.')[1] ?? '')?.label ?? place}
      required
      value={values[place] ?? ''}
      error={errorOf(place)}
      onChange={(event) => onChange({ ...values, [place]: event.currentTarget.value })}
    />
  ));
}

function Opportunity({
  preview,
  value,
  errorOf,
  onChange,
}: {
  preview: ConversionPreview;
  value: OpportunityChoice | undefined;
  errorOf: (place: string) => string | undefined;
  onChange: (value: OpportunityChoice | undefined) => void;
}) {
  const { t, i18n } = useTranslation();
  const { data: pipelines = [] } = useQuery(pipelinesQuery);
  const open = pipelines.filter(({ is_archived }) => !is_archived);
  const known = preview.opportunity as Record<string, string | null | undefined>;
  const set = (changes: Partial<OpportunityChoice>) => value && onChange({ ...value, ...changes });
  return (
    <>
      <Switch
        mt="xs"
        label={t('leads.convert.with_opportunity')}
        checked={value !== undefined}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked
              ? { name: known.name ?? '', pipeline: '', amount: known.amount ?? '', expected_close_date: '' }
              : undefined,
          )
        }
      />
      {value && (
        <>
          <TextInput
            label={t('leads.convert.name')}
            value={value.name}
            error={errorOf('opportunity.name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          {open.length > 1 && (
            <Select
              label={t('leads.convert.pipeline')}
              data={open.map(({ id, name }) => ({ value: String(id), label: name }))}
              value={value.pipeline || String(open[0]?.id)}
              allowDeselect={false}
              error={errorOf('opportunity.pipeline')}
              onChange={(pipeline) => set({ pipeline: pipeline ?? '' })}
            />
          )}
          <NumberInput
            label={t('leads.convert.amount')}
            rightSection={known.currency}
            rightSectionWidth={52}
            hideControls
            value={value.amount}
            onValueChange={(next) => set({ amount: next.value })}
            thousandSeparator={i18n.language === 'tr' ? '.' : ','}
            decimalSeparator={i18n.language === 'tr' ? ',' : '.'}
            decimalScale={2}
            error={errorOf('opportunity.amount')}
          />
          <DateField
            label={t('leads.convert.closes')}
            value={value.expected_close_date || null}
            onChange={(next) => set({ expected_close_date: next ?? '' })}
            error={errorOf('opportunity.expected_close_date')}
          />
        </>
      )}
    </>
  );
}
