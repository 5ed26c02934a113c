import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { RecordList } from '@/ui/record-list/RecordList';
import { NewLeadDrawer } from '../components/NewLeadDrawer';
import { useLeadCommands } from '../components/use-lead-commands';
import { useLeadListing } from '../listing';

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}

/** The inbox of leads: those that wait for somebody, whose time is up first; all others, too. One key does what is done with each. */
export function LeadsPage(props: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [creating, create] = useDisclosure();
  const commands = useLeadCommands();
  const listing = useLeadListing(commands);
  return (
    <>
      <RecordList
        {...props}
        listing={listing}
        create={may(me, 'lead.write') ? { label: t('leads.new'), run: create.open } : undefined}
      />
      <NewLeadDrawer opened={creating} onClose={create.close} />
      {commands.dialogs}
    </>
  );
}
