import { Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LocalField, useCustomerFields } from '@/api/customer-fields';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useCreateCustomer } from '../queries';
import { DuplicateWarning, useDuplicateCheck } from './DuplicateWarning';

type CustomerType = 'individual' | 'company';

const asked: Record<CustomerType, string[]> = {
  individual: ['first_name', 'last_name', 'primary_email', 'primary_phone', 'city', 'lead_source'],
  company: ['company_name', 'tax_number', 'tax_office', 'primary_email', 'primary_phone', 'city', 'lead_source'],
};

/** Asked only of those who want to tell more. */
const further: Record<CustomerType, string[]> = {
  individual: ['title', 'identity_number', 'birth_date', 'gender', 'secondary_email', 'secondary_phone', 'website'],
  company: ['industry', 'company_size', 'annual_revenue', 'website', 'secondary_email', 'secondary_phone'],
};

const empty = { customer_type: 'company' };

/** A new customer: the few fields worth asking at once, more if one likes; whoever it may be already is said while one writes. */
export function CreateDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { byName } = useCustomerFields();
  const create = useCreateCustomer();
  const [more, setMore] = useState(false);
  const [sure, setSure] = useState(false);
  const form = useForm<Record<string, string>>({ initialValues: empty });
  const again = useRef(false);
  const type = form.values.customer_type as CustomerType;
  const names = [...asked[type], ...(more ? further[type] : [])].filter((name) => byName.get(name)?.is_writable);
  const draft = {
    customer_type: type,
    ...Object.fromEntries(names.filter((name) => form.values[name]).map((name) => [name, form.values[name] as string])),
  };
  const found = useDuplicateCheck(opened ? draft : {});
  const known = found?.candidates.some(({ is_automatic }) => is_automatic) ?? false;

  const close = () => {
    onClose();
    form.setValues(empty);
    form.reset();
    create.reset();
    setMore(false);
    setSure(false);
  };
  const submit = form.onSubmit(() =>
    create.mutate(draft, {
      onSuccess: ({ customer, operation }) => {
        showUndo(t('customers.created', { name: customer.name }), operation);
        if (again.current) {
          again.current = false;
          const kept = Object.keys(form.values).map((name) => [name, name === 'customer_type' ? type : '']);
          form.setValues(Object.fromEntries(kept));
          form.clearErrors();
          create.reset();
          setSure(false);
          return;
        }
        close();
        navigate({ to: '/customers/$customerId', params: { customerId: customer.id } });
      },
      onError: (error) => form.setErrors(errorsOf(error, names)),
    }),
  );

  return (
    <FormDrawer
      opened={opened}
      onClose={close}
      title={t('customers.new')}
      submit={t('customers.create')}
      onSubmit={submit}
      isPending={create.isPending}
      error={create.error}
      fields={names}
      errors={form.errors}
      disabled={known && !sure}
      extra={
        <Button
          type="submit"
          variant="default"
          disabled={create.isPending || (known && !sure)}
          onClick={() => {
            again.current = true;
          }}
        >
          {t('customers.create_another')}
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
      {names.map((name, index) => (
        <Asked
          key={`${type} ${name}`}
          name={name}
          field={byName.get(name)}
          value={form.values[name] ?? ''}
          error={form.errors[name]}
          onChange={(value) => form.setFieldValue(name, value)}
          first={index === 0}
        />
      ))}
      {!more && (
        <Button variant="subtle" onClick={() => setMore(true)} style={{ alignSelf: 'flex-start' }}>
          {t('customers.more_fields')}
        </Button>
      )}
      <DuplicateWarning found={found} />
      {known && (
        <Checkbox
          checked={sure}
          onChange={({ currentTarget }) => setSure(currentTarget.checked)}
          label={t('customers.duplicates.sure')}
        />
      )}
    </FormDrawer>
  );
}

function Asked({
  name,
  field,
  value,
  error,
  onChange,
  first,
}: {
  name: string;
  field: LocalField | undefined;
  value: string;
  error: React.ReactNode;
  onChange: (value: string) => void;
  first: boolean;
}) {
  const { t } = useTranslation();
  const shared = { label: field?.label ?? name, error, 'data-autofocus': first || undefined };
  if (field && field.choices.length > 0)
    return (
      <Select
        {...shared}
        value={value || null}
        onChange={(next) => onChange(next ?? '')}
        data={field.choices}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        filter={foldedOptions}
      />
    );
  return (
    <TextInput
      {...shared}
      type={field?.kind === 'date' ? 'date' : name.endsWith('_phone') ? 'tel' : 'text'}
      inputMode={name.endsWith('_email') ? 'email' : undefined}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
