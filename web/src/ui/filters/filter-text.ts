import { useTranslation } from 'react-i18next';
import { formatDate } from '@/lib/dates';
import { calendars, controlFor, type Filter, type FilterField } from './filter';

const units = { d: 'day', w: 'week', mo: 'month', y: 'year' } as const;

/** Says conditions in words: field, operator, value. */
export function useFilterText(fields: FilterField[]) {
  const { t, i18n } = useTranslation();

  return (filter: Filter) => {
    const field = fields.find((candidate) => candidate.name === filter.field);
    const label = field?.label ?? filter.field;
    const operator = t(`common.operator.${filter.operator}`, { defaultValue: filter.operator });
    if (!field) return { field: label, operator, value: filter.value };

    const one = (value: string) => field.choices.find((choice) => choice.value === value)?.label ?? value;
    const span = (value: string) => {
      const [, amount, unit] = /^(\d+)(d|w|mo|y)$/.exec(value) ?? [];
      return unit ? t(`common.span.${units[unit as keyof typeof units]}`, { count: Number(amount) }) : value;
    };
    const moment = (value: string) =>
      value.startsWith('-')
        ? t('common.filter.ago', { span: span(value.slice(1)) })
        : t('common.filter.from_now', { span: span(value.slice(1)) });
    const say = (value: string): string => {
      switch (controlFor(field, filter.operator)) {
        case 'none':
          return '';
        case 'yes-no':
          return value === 'true' ? t('common.yes') : t('common.no');
        case 'date':
          return /^[-+ ]\d/.test(value) ? moment(value) : formatDate(value, 'date', i18n.language);
        case 'span':
          return span(value);
        case 'window':
          if (/^\d/.test(value)) return t('common.filter.next', { span: span(value) });
          if (/^-\d/.test(value)) return t('common.filter.last', { span: span(value.slice(1)) });
          return calendars.includes(value as never) ? t(`common.calendar.${value}`) : value;
        case 'range':
          return value.split(',').join(' – ');
        default:
          return value.split(',').map(one).join(', ');
      }
    };
    return { field: label, operator, value: say(filter.value) };
  };
}
