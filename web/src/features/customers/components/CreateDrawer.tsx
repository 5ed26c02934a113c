import { Button, SegmentedControl } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { isStatus } from '@/api/error';
import { changeOf, factKind } from '@/ui/facts/record-fact';
import { afterPress } from '@/ui/form/after-press';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { draftCheckQuery } from '../duplicates';
import { isFieldOf } from '../facts';
import { useCreateCustomer } from '../queries';
import { Candidates } from './Candidates';

type CustomerType = 'individual' | 'company';
type Values = Record<string, unknown>;

/** The few fields worth asking at once. */
const asked: Record<CustomerType, string[]> = {
  individual: ['first_name', 'last_name', 'identity_number', 'primary_email', 'primary_phone', 'city', 'lead_source'],
  company: [
    'company_name',
    'tax_number',
    'tax_office',
    'primary_email',
    'primary_phone',
    'website',
    'city',
    'industry',
    'lead_source',
  ],
};

/** An empty form. Custom fields live in an object of their own, which must be there before they are. */
const blank = (type: CustomerType): Values => ({ customer_type: type, custom: {} });

/** Long enough to have typed on, short enough to be told in time. */
const PAUSE_MS = 400;

/** A new customer: a few fields at once, all of them when asked for, and a word about who may be there already. */
export function CreateDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { list, byName } = useCustomerFields();
  const create = useCreateCustomer();
  const form = useForm<Values>({ initialValues: blank('company') });
  const box = useRef<HTMLDivElement>(null);
  const [all, showAll] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [meant, setMeant] = useState(false);

  const type = form.values.customer_type as CustomerType;
  const first = asked[type].filter((name) => byName.has(name));
  const more = list.filter((field) => isFieldOf(type, field) && !first.includes(field.name)).map(({ name }) => name);
  const names = all ? [...first, ...more] : first;

  const draft = draftOf(type);
  const [settled] = useDebouncedValue(JSON.stringify(draft), PAUSE_MS);
  const isWorthAsking = opened && Object.keys(JSON.parse(settled)).length > 1;
  const { data: found, isPlaceholderData } = useQuery(draftCheckQuery(JSON.parse(settled), isWorthAsking));
  const check = isWorthAsking ? found?.check : undefined;
  const isCurrent = settled === JSON.stringify(draft) && !isPlaceholderData && check !== undefined;
  const isRefused = isStatus(create.error, 409) && create.error.code === 'duplicate';
  const isAutomatic = check?.candidates.some((candidate) => candidate.is_automatic) ?? false;

  function draftOf(type: CustomerType): Values {
    const body: Values = { customer_type: type };
    for (const name of names) {
      const field = byName.get(name);
      const value = form.getInputProps(name).value;
      if (!field || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
      const { custom, ...change } = changeOf(field, value);
      Object.assign(body, change);
      if (custom) body.custom = { ...(body.custom as object), ...(custom as object) };
    }
    return body;
  }

  const empty = (type: CustomerType) => {
    form.setValues(blank(type));
    form.setInitialValues(blank(type));
    form.reset();
    create.reset();
    setLeft(new Set());
    setMeant(false);
  };
  const close = () => {
    onClose();
    showAll(false);
    empty('company');
  };
  const save = (again: boolean) => {
    // Whoever has seen who may be the same, and that none of them is certain, need not be asked again.
    const isKnown = meant || (isCurrent && !isAutomatic);
    create.mutate(
      { body: draft, onDuplicate: isKnown ? 'keep' : 'refuse' },
      {
        onSuccess: ({ customer, operation }) => {
          showUndo(t('customers.created', { name: customer.name }), operation);
          if (again) {
            empty(type);
            box.current?.querySelector<HTMLElement>('input[data-autofocus]')?.focus();
          } else {
            close();
            navigate({ to: '/customers/$customerId', params: { customerId: customer.id } });
          }
        },
        onError: (error) => {
          form.setErrors(errorsOf(error, names));
          // A field that is not shown may be the wrong one.
          if (more.some((name) => errorsOf(error, more)[name])) {
            showAll(true);
            form.setErrors(errorsOf(error, [...first, ...more]));
          }
        },
      },
    );
  };

  return (
    <FormDrawer
      opened={opened}
      onClose={close}
      title={t('customers.new')}
      submit={t('customers.create')}
      onSubmit={form.onSubmit(() => save(false))}
      isPending={create.isPending}
      error={isRefused && check ? null : create.error}
      fields={names}
      errors={form.errors}
      size={460}
      actions={
        <Button variant="default" disabled={create.isPending} onClick={() => form.onSubmit(() => save(true))()}>
          {t('customers.create_and_new')}
        </Button>
      }
    >
      <SegmentedControl
        fullWidth
        aria-label={byName.get('customer_type')?.label}
        data={[
          { value: 'company', label: t('customers.type.company') },
          { value: 'individual', label: t('customers.type.individual') },
        ]}
        {...form.getInputProps('customer_type')}
      />
      <div ref={box} style={{ display: 'contents' }}>
        {names.map((name, index) => {
          const field = byName.get(name);
          if (!field) return null;
          const { value, error, onChange } = form.getInputProps(name);
          return (
            <FieldInput
              key={name}
              kind={factKind(field)}
              choices={field.choices}
              label={field.label}
              value={value}
              onChange={(next) => {
                onChange(next);
                setMeant(false);
              }}
              // What is half typed is not wrong yet: the complaint waits until the field is left.
              error={error ?? (left.has(name) && isWorthAsking ? found?.errors[name]?.[0] : undefined)}
              onBlur={() => afterPress(() => setLeft((before) => new Set(before).add(name)))}
              data-autofocus={index === 0 || undefined}
            />
          );
        })}
      </div>
      {more.length > 0 && !all && (
        <Button variant="subtle" justify="flex-start" onClick={() => showAll(true)}>
          {t('customers.more_fields', { count: more.length })}
        </Button>
      )}
      <Candidates check={check} isAsked={isAutomatic || isRefused} isMeant={meant} onMeant={setMeant} />
    </FormDrawer>
  );
}
