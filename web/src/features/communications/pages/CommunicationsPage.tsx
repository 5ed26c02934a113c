import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { RecordList } from '@/ui/record-list/RecordList';
import { useCommunicationListing } from '../listing';

const LogDrawer = lazy(() => import('../components/LogDrawer'));

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}

/** The log of communications: everything that was said and written with customers, the newest first. */
export function CommunicationsPage(props: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [isLogging, logging] = useDisclosure();
  const listing = useCommunicationListing();
  return (
    <>
      <RecordList
        {...props}
        listing={listing}
        create={may(me, 'communication.write') ? { label: t('communications.log'), run: logging.open } : undefined}
      />
      <Suspense>{isLogging && <LogDrawer onClose={logging.close} />}</Suspense>
    </>
  );
}
