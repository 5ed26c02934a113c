import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { RecordList } from '@/ui/record-list/RecordList';
import { useActivityCommands } from '../components/use-activity-commands';
import { useActivityListing } from '../listing';

const NewActivityDrawer = lazy(() => import('../components/NewActivityDrawer'));

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}

/** The list of activities: one's own that are to be done first; all others, too. One key completes one or puts it off. */
export function ActivitiesPage(props: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [creating, create] = useDisclosure();
  const commands = useActivityCommands();
  const listing = useActivityListing(commands);
  return (
    <>
      <RecordList
        {...props}
        listing={listing}
        create={may(me, 'activity.write') ? { label: t('activities.new'), run: create.open } : undefined}
      />
      <Suspense>{creating && <NewActivityDrawer onClose={create.close} />}</Suspense>
      {commands.dialogs}
    </>
  );
}
