import { ActionIcon, Badge } from '@mantine/core';
import { IconPin, IconPinFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { useMe } from '@/api/session';
import type { Opportunity } from '@/api/types';
import { formatPercent } from '@/lib/percent';
import { Money } from '@/ui/Money';
import { useLanguage } from '@/ui/use-language';
import classes from './Worth.module.css';

/** What it is worth, how likely it is and where that comes from, and what the forecast counts it as. */
export function Worth({
  opportunity,
  fields,
  onChange,
}: {
  opportunity: Opportunity;
  fields: Map<string, LocalField>;
  /** Absent where it may not be changed. */
  onChange?: (changes: Record<string, unknown>) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { organisation } = useMe();
  const { amount, amount_base, currency, probability, probability_source, category, is_category_pinned } = opportunity;
  const wordOf = (name: string, value: string) =>
    fields.get(name)?.choices.find((choice) => choice.value === value)?.label ?? value;
  const own = organisation.currency;
  const weighted = amount_base !== null && probability !== null && (Number(amount_base) * Number(probability)) / 100;
  const isPinned = probability_source === 'manual';
  const isOpen = opportunity.outcome === 'open';
  return (
    <dl className={classes.figures}>
      <div className={classes.figure}>
        <dt>{fields.get('amount')?.label}</dt>
        <dd>
          {amount === null ? '—' : <Money amount={amount} currency={currency} compact />}
          {amount_base !== null && currency !== own && (
            <small>
              <Money amount={amount_base} currency={own} compact />
            </small>
          )}
        </dd>
      </div>
      <div className={classes.figure}>
        <dt>{t('opportunities.figures.weighted')}</dt>
        <dd>{weighted === false ? '—' : <Money amount={weighted.toFixed(2)} currency={own} compact />}</dd>
      </div>
      <div className={classes.figure}>
        <dt>{t('opportunities.head.probability')}</dt>
        <dd>
          {probability === null ? '—' : formatPercent(Number(probability) / 100, language)}
          <Badge variant="default">{wordOf('probability_source', probability_source)}</Badge>
          {onChange && isOpen && (
            <Pin
              isPinned={isPinned}
              label={t('opportunities.head.pin_probability')}
              onFlip={() =>
                onChange(
                  isPinned
                    ? { probability_source: 'stage' }
                    : { probability_source: 'manual', probability: probability },
                )
              }
            />
          )}
        </dd>
      </div>
      <div className={classes.figure}>
        <dt>{fields.get('category')?.label}</dt>
        <dd>
          {wordOf('category', category)}
          {onChange && isOpen && (
            <Pin
              isPinned={is_category_pinned}
              label={t('opportunities.head.pin_category')}
              onFlip={() => onChange({ is_category_pinned: !is_category_pinned })}
            />
          )}
        </dd>
      </div>
    </dl>
  );
}

function Pin({ isPinned, label, onFlip }: { isPinned: boolean; label: string; onFlip: () => void }) {
  const Icon = isPinned ? IconPinFilled : IconPin;
  return (
    <ActionIcon size="sm" aria-pressed={isPinned} aria-label={label} title={label} onClick={onFlip}>
      <Icon size={15} aria-hidden />
    </ActionIcon>
  );
}
