import { formatMoney } from '@/lib/money';
import { useLanguage } from './use-language';

/** An amount, which travels as a decimal string, in the reader's manner; a dash where a role hides it. */
export function Money({
  amount,
  currency,
  compact,
}: {
  amount: string | null | undefined;
  currency: string;
  compact?: boolean;
}) {
  const language = useLanguage();
  return <>{amount == null ? '—' : formatMoney(amount, currency, language, { compact })}</>;
}
