import { formatDate, formatRelative } from '@/lib/dates';
import { useLanguage } from './use-language';

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
  const language = useLanguage();
  return (
    <time dateTime={at} title={formatDate(at, at.length > 10 ? 'date-time' : 'date', language)}>
      {relative ? formatRelative(at, language) : formatDate(at, style, language)}
    </time>
  );
}
