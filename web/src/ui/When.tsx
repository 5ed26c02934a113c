import { useTranslation } from 'react-i18next';
import { formatDate, formatRelative } from '@/lib/dates';

/** A date or a moment; `relative` says how long ago, the exact moment is in the title. */
export function When({
  at,
  style = 'date',
  relative = false,
}: {
  at: string;
  style?: 'date' | 'time' | 'date-time';
  relative?: boolean;
}) {
  const { i18n } = useTranslation();
  return (
    <time dateTime={at} title={formatDate(at, at.length > 10 ? 'date-time' : 'date', i18n.language)}>
      {relative ? formatRelative(at, i18n.language) : formatDate(at, style, i18n.language)}
    </time>
  );
}
