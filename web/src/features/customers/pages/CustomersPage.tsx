import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { RecordList } from '@/ui/record-list/RecordList';
import { CreateDrawer } from '../components/CreateDrawer';
import { useCustomerListing } from '../listing';

interface Props {
  params: Record<string, string>;
  onParams: (params: Record<string, string>, replace?: boolean) => void;
}

/** All customers, or those of a saved view. What is asked for, and what is open, is in the address bar. */
export function CustomersPage(props: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [creating, create] = useDisclosure();
  const listing = useCustomerListing();
  return (
    <>
      <RecordList
        {...props}
        listing={listing}
        create={may(me, 'customer.write') ? { label: t('customers.new'), run: create.open } : undefined}
      />
      <CreateDrawer opened={creating} onClose={create.close} />
    </>
  );
}
