import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RecordDraft } from '@/api/draft-check';
import { useRecordFields } from '@/api/record-fields';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { NewRecordDrawer } from '@/ui/new-record/NewRecordDrawer';
import { leadCheckQuery } from '../duplicates';
import { isAsked, leadFactKind } from '../facts';
import { useCreateLead } from '../queries';
import { titleOf } from '../title';
import { LeadCandidates } from './LeadCandidates';

/** Asked where somebody referred the lead. */
const REFERRER = 'referred_by';

/** The few fields worth asking at once. */
const asked = [
  'first_name',
  'last_name',
  'company',
  'title',
  'email',
  'phone',
  'city',
  'source',
  'source_detail',
  REFERRER,
  'budget',
  'need',
];

const blank = (): RecordDraft => ({ custom: {} });

/** A new lead, with a word about whether it is a lead or a customer already. */
export function NewLeadDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fields = useRecordFields('leads');
  const form = useForm<RecordDraft>({ initialValues: blank() });
  const first = asked.filter(
    (name) => fields.byName.has(name) && (name !== REFERRER || form.values.source === 'referral'),
  );
  const more = fields.list.filter((field) => isAsked(field) && !asked.includes(field.name)).map(({ name }) => name);
  return (
    <NewRecordDrawer
      opened={opened}
      onClose={onClose}
      title={t('leads.new')}
      fields={fields}
      form={form}
      blank={blank}
      first={first}
      more={more}
      kindOf={leadFactKind}
      inputOf={({ name, label }, props) => name === REFERRER && <CustomerSelect label={label} {...props} />}
      isWorthAsking={(draft) => ['email', 'phone', 'company', 'last_name'].some((name) => name in draft)}
      checkQuery={leadCheckQuery}
      candidates={(check, isAsked, isMeant, onMeant) => (
        <LeadCandidates check={check} isAsked={isAsked} isMeant={isMeant} onMeant={onMeant} />
      )}
      create={useCreateLead()}
      toldOf={({ lead, operation }) => ({ text: t('leads.created', { name: titleOf(lead) }), operation })}
      onMade={({ lead }) => navigate({ to: '/leads/$leadId', params: { leadId: lead.id } })}
    />
  );
}
