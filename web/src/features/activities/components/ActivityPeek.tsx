import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { Activity } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import type { PeekProps } from '@/ui/record-list/listing';
import { PeekBones, PeekHead, PeekPanel } from '@/ui/record-list/PeekPanel';
import { factGroups, storedFact } from '../facts';
import { activityQuery } from '../queries';
import { useActivityTypes } from '../types';
import { ActivityStatus } from './ActivityStatus';
import { Due } from './Due';
import { Ties } from './Ties';

/** An activity beside the list: what matters, to be edited in place. */
export function ActivityPeek({ onSave, ...panel }: PeekProps<Activity>) {
  const { id } = panel;
  const { t } = useTranslation();
  const { data: activity, error, refetch } = useQuery(activityQuery(id));
  const { list: fields } = useRecordFields('activities');
  const types = useActivityTypes().choices(activity?.activity_type);
  const groups = useMemo(() => (activity ? factGroups(activity, fields, types, t) : []), [activity, fields, types, t]);
  return (
    <PeekPanel
      {...panel}
      noun={t('activities.noun', { count: 1 })}
      page={(props) => <Link to="/activities/$activityId" params={{ activityId: id }} {...props} />}
    >
      {error && !activity && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !activity && <PeekBones />}
      {activity && (
        <>
          <PeekHead name={activity.subject}>
            <ActivityStatus status={activity.status} />
            <Due activity={activity} />
            <Ties activity={activity} />
          </PeekHead>
          <FactList
            groups={groups}
            readOnly={!onSave}
            onSave={async (name, value) => onSave?.(activity, name, storedFact(name, value))}
          />
        </>
      )}
    </PeekPanel>
  );
}
