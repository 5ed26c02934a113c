import '@mantine/dates/styles.layer.css';
import { DateTimePicker, type DateTimePickerProps } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { atBusinessTime, businessTime } from '@/lib/dates';

/** A moment, ISO 8601, or nothing; it is shown and chosen in the time of the business, whatever clock the browser has. */
export default function DateTimeField({
  value,
  onChange,
  ...rest
}: Omit<DateTimePickerProps, 'value' | 'onChange' | 'locale'> & {
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <DateTimePicker
      {...rest}
      value={value ? businessTime(value) : null}
      onChange={(next) => onChange(next ? atBusinessTime(next) : null)}
      locale={i18n.language}
      firstDayOfWeek={1}
      valueFormat="DD.MM.YYYY HH:mm"
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      submitButtonProps={{ 'aria-label': t('common.done') }}
      popoverProps={{ withinPortal: false }}
    />
  );
}
