import { useQuery } from '@tanstack/react-query';
import type { ActivityType } from '@/api/types';
import { useLanguage } from '@/ui/use-language';
import { activityTypesQuery } from './queries';

/** The types of activities: what each is called, and those that new ones can be of. */
export function useActivityTypes() {
  const language = useLanguage();
  const { data: types = [] } = useQuery(activityTypesQuery);
  const nameOf = (type: ActivityType) => (language === 'tr' ? type.name_tr : type.name_en);
  const find = (key: string) => types.find((type) => type.key === key);
  return {
    find,
    labelOf: (key: string) => {
      const type = find(key);
      return type ? nameOf(type) : key;
    },
    /** Those that are offered, with the one that is there already. */
    choices: (current?: string) =>
      types
        .filter(({ is_archived, key }) => !is_archived || key === current)
        .map((type) => ({ value: type.key, label: nameOf(type) })),
  };
}
