import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { foldedOptions } from '@/ui/folded-options';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showUndo } from '@/ui/toasts';
import { useCreateCustomer } from '../queries';

type CustomerType = 'individual' | 'company';

const asked: Record<CustomerType, string[]> = {
  individual: ['first_name', 'last_name', 'identity_number', 'primary_email', 'primary_phone', 'lead_source'],
  company: [
    'company_name',
    'tax_number',
    'tax_office',
    'industry',
    'primary_email',
    'primary_phone',
    'website',
    'lead_source',
  ],
};

/** A new customer: the few fields worth asking at once; the rest is filled in on the customer's page. */
export function CreateDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { byName } = useCustomerFields();
  const create = useCreateCustomer();
  const form = useForm<Record<string, string>>({ initialValues: { customer_type: 'company' } });
  const type = form.values.customer_type as CustomerType;
  const names = asked[type];

  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  const submit = form.onSubmit((values) => {
    const filled = names.filter((name) => values[name]).map((name) => [name, values[name]]);
    create.mutate(
      { customer_type: type, ...Object.fromEntries(filled) },
      {
        onSuccess: ({ customer, operation }) => {
          close();
          showUndo(t('customers.created', { name: customer.name }), operation);
          navigate({ to: '/customers/$customerId', params: { customerId: customer.id } });
        },
        onError: (error) => form.setErrors(errorsOf(error, names)),
      },
    );
  });

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
      {names.map((name, index) => {
        const field = byName.get(name);
        const shared = {
          label: field?.label ?? name,
          ...form.getInputProps(name),
          value: form.values[name] ?? '',
          'data-autofocus': index === 0 || undefined,
        };
        return field && field.choices.length > 0 ? (
          <Select
            key={name}
            {...shared}
            value={form.values[name] || null}
            onChange={(next) => form.setFieldValue(name, next ?? '')}
            data={field.choices}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            filter={foldedOptions}
          />
        ) : (
          <TextInput key={name} {...shared} />
        );
      })}
    </FormDrawer>
  );
}
