import { Alert, Button, Drawer, Group, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import { foldedOptions } from '@/ui/folded-options';
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
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={420}
      title={t('customers.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <CreateForm onClose={onClose} />
    </Drawer>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { byName } = useCustomerFields();
  const create = useCreateCustomer();
  const form = useForm<Record<string, string>>({ initialValues: { customer_type: 'company' } });
  const element = useRef<HTMLFormElement>(null);
  const type = form.values.customer_type as CustomerType;
  const names = asked[type];
  const unplaced =
    create.error instanceof ApiError ? Object.keys(create.error.errors).filter((name) => !names.includes(name)) : [];

  const submit = form.onSubmit((values) => {
    const filled = names.filter((name) => values[name]).map((name) => [name, values[name]]);
    create.mutate(
      { customer_type: type, ...Object.fromEntries(filled) },
      {
        onSuccess: ({ customer, operation }) => {
          onClose();
          showUndo(t('customers.created', { name: customer.name }), operation);
          navigate({ to: '/customers/$customerId', params: { customerId: customer.id } });
        },
        onError: (error) => {
          if (!(error instanceof ApiError)) return;
          form.setErrors(Object.fromEntries(names.map((name) => [name, error.fieldError(name)])));
        },
      },
    );
  });

  useEffect(() => {
    if (Object.keys(form.errors).length > 0)
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form.errors]);

  return (
    <form ref={element} onSubmit={submit} noValidate>
      <Stack gap="sm">
        {create.error && (unplaced.length > 0 || !hasFields(create.error)) && (
          <Alert color="red" variant="light" role="alert">
            {unplaced.length > 0 && create.error instanceof ApiError
              ? unplaced.map((name) => (create.error as ApiError).fieldError(name)).join(' ')
              : textOf(create.error)}
          </Alert>
        )}
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
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('customers.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function hasFields(error: unknown): boolean {
  return error instanceof ApiError && Object.keys(error.errors).length > 0;
}
