import type { TFunction } from 'i18next';

/** Minutes before an activity that are offered. */
export const usualMinutes = [0, 5, 15, 30, 60, 120, 1_440, 2_880, 10_080];

/** How long before, in words: "15 dakika önce", "1 day before". */
export function beforeText(minutes: number, t: TFunction): string {
  if (minutes === 0) return t('activities.reminders.at_time');
  if (minutes % 1_440 === 0) return t('activities.reminders.days', { count: minutes / 1_440 });
  if (minutes % 60 === 0) return t('activities.reminders.hours', { count: minutes / 60 });
  return t('activities.reminders.minutes', { count: minutes });
}
