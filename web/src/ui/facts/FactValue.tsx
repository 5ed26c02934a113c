import { useTranslation } from 'react-i18next';
import { formatDecimal } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { Money } from '../Money';
import { useLanguage } from '../use-language';
import { When } from '../When';
import type { Fact } from './fact';

/** The value of a fact in the reader's manner. */
export function FactValue({ fact }: { fact: Fact }) {
  const labelOf = (value: unknown) =>
    fact.choices?.find((choice) => choice.value === value)?.label ?? String(value ?? '');

  switch (fact.kind) {
    case 'yes-no':
      return <YesNo yes={Boolean(fact.value)} />;
    case 'phone':
      return <>{formatPhone(String(fact.value ?? ''))}</>;
    case 'date':
      return fact.value ? <When at={String(fact.value)} /> : null;
    case 'date-time':
      return fact.value ? <When at={String(fact.value)} style="date-time" /> : null;
    case 'money':
      return fact.value ? <Money amount={String(fact.value)} currency={fact.currency ?? 'TRY'} compact /> : null;
    case 'number':
      return <Decimal value={fact.value} />;
    case 'choice':
      return <>{labelOf(fact.value)}</>;
    case 'tags':
    case 'choices':
      return <>{Array.isArray(fact.value) ? fact.value.map(labelOf).join(', ') : ''}</>;
    case 'long-text':
      return <span style={{ whiteSpace: 'pre-wrap' }}>{String(fact.value ?? '')}</span>;
    default:
      return <>{String(fact.value ?? '')}</>;
  }
}

function Decimal({ value }: { value: unknown }) {
  const language = useLanguage();
  return value === null || value === undefined || value === '' ? null : formatDecimal(String(value), language);
}

function YesNo({ yes }: { yes: boolean }) {
  const { t } = useTranslation();
  return <>{yes ? t('common.yes') : t('common.no')}</>;
}
