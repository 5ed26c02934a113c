import { SegmentedControl } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import type { RecordDraft } from '@/api/draft-check';
import { factKind } from '@/ui/facts/record-fact';
import { NewRecordDrawer } from '@/ui/new-record/NewRecordDrawer';
import { customerCheckQuery } from '../duplicates';
import { isFieldOf } from '../facts';
import { useCreateCustomer } from '../queries';
import { Candidates } from './Candidates';

type CustomerType = 'individual' | 'company';

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

/** Companies first; after a person was made, another person. */
const blank = (before: RecordDraft = { customer_type: 'company' }): RecordDraft => ({
  customer_type: before.customer_type,
  custom: {},
});

/** A new customer, person or company, with a word about who may be there already. */
export function CreateDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fields = useCustomerFields();
  const form = useForm<RecordDraft>({ initialValues: blank() });
  const type = form.values.customer_type as CustomerType;
  const first = asked[type].filter((name) => fields.byName.has(name));
  const more = fields.list
    .filter((field) => isFieldOf(type, field) && !first.includes(field.name))
    .map(({ name }) => name);
  return (
    <NewRecordDrawer
      opened={opened}
      onClose={onClose}
      title={t('customers.new')}
      fields={fields}
      form={form}
      blank={blank}
      first={first}
      more={more}
      kindOf={factKind}
      always={{ customer_type: type }}
      isWorthAsking={(draft) => Object.keys(draft).length > 1}
      checkQuery={customerCheckQuery}
      isCertain={(check) => check.candidates.some((candidate) => candidate.is_automatic)}
      candidates={(check, isAsked, isMeant, onMeant) => (
        <Candidates check={check} isAsked={isAsked} isMeant={isMeant} onMeant={onMeant} />
      )}
      create={useCreateCustomer()}
      toldOf={({ customer, operation }) => ({ text: t('customers.created', { name: customer.name }), operation })}
      onMade={({ customer }) => navigate({ to: '/customers/$customerId', params: { customerId: customer.id } })}
    >
      <SegmentedControl
        fullWidth
        aria-label={fields.byName.get('customer_type')?.label}
        data={[
          { value: 'company', label: t('customers.type.company') },
          { value: 'individual', label: t('customers.type.individual') },
        ]}
        {...form.getInputProps('customer_type')}
      />
    </NewRecordDrawer>
  );
}
