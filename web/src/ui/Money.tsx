import { useTranslation } from 'react-i18next';
import { formatMoney } from '@/lib/money';

/** An amount, which travels as a decimal string, in the reader's manner. */
export function Money({ amount, currency, compact }: { amount: string; currency: string; compact?: boolean }) {
  const { i18n } = useTranslation();
  return <>{formatMoney(amount, currency, i18n.language, { compact })}</>;
}
