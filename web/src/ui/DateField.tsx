import '@mantine/dates/styles.layer.css';
import { DateInput, type DateInputProps } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { parseDate } from '@/lib/dates';

/** A date as `2024-05-01` or nothing; weeks begin on Monday, names are in the reader's language. */
export function DateField({
  value,
  onChange,
  ...rest
}: Omit<DateInputProps, 'value' | 'onChange' | 'locale'> & {
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <DateInput
      {...rest}
      value={value}
      onChange={onChange}
      locale={i18n.language}
      firstDayOfWeek={1}
      valueFormat="DD.MM.YYYY"
      // Left to itself it reads 01.02 as the second of January, and 31.12 not at all.
      dateParser={parseDate}
      placeholder={rest.placeholder ?? t('common.date_format')}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear'), ...rest.clearButtonProps }}
      popoverProps={{ withinPortal: false, ...rest.popoverProps }}
    />
  );
}
