import { useTranslation } from 'react-i18next';
import type { DuplicateCheck } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { Candidate, CandidatesBox } from '@/ui/new-record/CandidatesBox';
import { likelihood } from '../duplicates';
import classes from './Duplicates.module.css';

/** Which customers a new one may be. */
export function Candidates({
  check,
  isAsked,
  isMeant,
  onMeant,
}: {
  check: DuplicateCheck | undefined;
  /** Whether to ask for an explicit word. */
  isAsked: boolean;
  isMeant: boolean;
  onMeant: (meant: boolean) => void;
}) {
  const { t } = useTranslation();
  const { candidates, hidden_count } = check ?? { candidates: [], hidden_count: 0 };
  const count = candidates.length + hidden_count;
  return (
    <CandidatesBox
      title={t('customers.duplicate.title')}
      said={count > 0 ? t('customers.duplicate.found', { count }) : ''}
      hidden={hidden_count > 0 ? t('customers.duplicate.hidden', { count: hidden_count }) : undefined}
      meant={isAsked ? { label: t('customers.duplicate.meant'), isMeant, onMeant } : undefined}
    >
      {candidates.map((candidate) => {
        const { customer, reasons } = candidate;
        return (
          <Candidate
            key={customer.id}
            href={`/customers/${customer.id}`}
            name={customer.name}
            mark={<span className={classes.chance}>{t(`customers.duplicate.chance.${likelihood(candidate)}`)}</span>}
            lines={[
              [customer.customer_code, customer.city, formatPhone(customer.primary_phone), customer.primary_email],
              reasons.map(({ text }) => text),
            ]}
          />
        );
      })}
    </CandidatesBox>
  );
}
