import { Alert, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DuplicateCheck } from '@/api/types';
import { formatPhone } from '@/lib/phone';
import { checkQuery } from '../duplicates';
import { Likelihood } from './Likelihood';

const PAUSE_MS = 350;
const SHOWN = 3;

/** Who a draft may be, asked while it is written; what is not yet right in it is not complained of here. */
export function useDuplicateCheck(draft: Record<string, string>): DuplicateCheck | undefined {
  const [asked] = useDebouncedValue(draft, PAUSE_MS);
  const says = Object.keys(asked).filter((name) => name !== 'customer_type' && asked[name]);
  const { data, isError } = useQuery({
    ...checkQuery(asked, says.length > 0),
    placeholderData: (before) => before,
  });
  return says.length > 0 && !isError ? data : undefined;
}

/** Those a draft may be, the likeliest first, each to be looked at in a window of its own. */
export function DuplicateWarning({ found }: { found: DuplicateCheck | undefined }) {
  const { t } = useTranslation();
  const candidates = found?.candidates.slice(0, SHOWN) ?? [];
  const more = (found?.candidates.length ?? 0) - candidates.length + (found?.hidden_count ?? 0);
  return (
    <div aria-live="polite">
      {(candidates.length > 0 || more > 0) && (
        <Alert color="orange" variant="light" title={t('customers.duplicates.maybe')}>
          <Stack gap="sm">
            {candidates.map(({ customer, probability, reasons }) => (
              <div key={customer.id}>
                <Link to="/customers/$customerId" params={{ customerId: customer.id }} target="_blank" rel="noreferrer">
                  {customer.name}
                </Link>{' '}
                {[customer.customer_code, customer.city, formatPhone(customer.primary_phone)]
                  .filter(Boolean)
                  .join(' · ')}
                <Likelihood probability={probability} reasons={reasons.filter(({ bits }) => bits > 0)} />
              </div>
            ))}
            {more > 0 && <span>{t('customers.duplicates.more', { count: more })}</span>}
          </Stack>
        </Alert>
      )}
    </div>
  );
}
