import { Menu } from '@mantine/core';
import { IconCheck, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { formatCount, formatMoney, formatMoneyShort } from '@/lib/money';
import { When } from '../When';
import classes from './Total.module.css';
import type { Total as Figure, TotalFunction } from './totals';
import { functionsOf } from './totals';

/** From here on an amount is told shortly: the whole one does not fit under its column. */
const ROOM = 1_000_000;

/** What stands below a column: a figure over all that the list finds, and a menu to choose which. */
export function Total({
  field,
  chosen,
  figure,
  isLoading,
  onChoose,
}: {
  field: LocalField;
  chosen: TotalFunction | undefined;
  figure: Figure | undefined;
  isLoading: boolean;
  onChoose: (next: TotalFunction | undefined) => void;
}) {
  const { t } = useTranslation();
  const isTime = field.kind === 'date' || field.kind === 'date_time';
  const nameOf = (name: TotalFunction) => {
    if (isTime && name === 'min') return t('common.totals.first');
    if (isTime && name === 'max') return t('common.totals.last');
    return t(`common.totals.${name}`);
  };
  return (
    <Menu position="top-start" width={180}>
      <Menu.Target>
        <button
          type="button"
          className={classes.total}
          data-chosen={chosen !== undefined || undefined}
          aria-label={chosen ? undefined : t('common.totals.add', { name: field.label })}
          title={t('common.totals.add', { name: field.label })}
        >
          {chosen ? (
            <>
              <span className={classes.name}>{nameOf(chosen)}</span>{' '}
              {isLoading || !figure ? <span className={classes.bone} /> : <Value figure={figure} />}
            </>
          ) : (
            <IconPlus size={13} aria-hidden />
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {functionsOf(field).map((name) => (
          <Menu.Item
            key={name}
            rightSection={name === chosen && <IconCheck size={14} aria-hidden />}
            onClick={() => onChoose(name)}
          >
            {nameOf(name)}
          </Menu.Item>
        ))}
        {chosen && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onChoose(undefined)}>{t('common.totals.none')}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Value({ figure: { value, by_currency } }: { figure: Figure }) {
  const { i18n } = useTranslation();
  if (by_currency) {
    if (by_currency.length === 0) return <b>—</b>;
    return by_currency.map(({ currency, value: amount }, index) => (
      <b key={currency} title={formatMoney(amount, currency, i18n.language)}>
        {index > 0 && ' · '}
        {Math.abs(Number(amount)) < ROOM
          ? formatMoney(amount, currency, i18n.language, { compact: true })
          : formatMoneyShort(amount, currency, i18n.language)}
      </b>
    ));
  }
  if (value === null || value === undefined) return <b>—</b>;
  const text = String(value);
  return <b>{/^\d{4}-\d\d-\d\d/.test(text) ? <When at={text} /> : formatCount(Number(text), i18n.language)}</b>;
}
