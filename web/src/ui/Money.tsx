import { formatMoney } from '@/lib/money';
import { useLanguage } from './use-language';

/** An amount, which travels as a decimal string, in the reader's manner. */
export function Money({ amount, currency, compact }: { amount: string; currency: string; compact?: boolean }) {
  const language = useLanguage();
  return <>{formatMoney(amount, currency, language, { compact })}</>;
}
