import { useTranslation } from 'react-i18next';

/** Working minutes in words: `1 sa. 30 dk.` */
export function useMinutes() {
  const { t } = useTranslation();
  return (minutes: number) => {
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    return [
      hours > 0 && t('assignment.span.hours', { number: hours }),
      (rest > 0 || hours === 0) && t('assignment.span.minutes', { number: rest }),
    ]
      .filter(Boolean)
      .join(' ');
  };
}
