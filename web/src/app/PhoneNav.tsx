import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import Kept from './Kept';
import { Places } from './Places';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

/** Navigation and settings on narrow screens. */
export default function PhoneNav({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={260}
      title={t('common.nav.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={classes.drawer}>
        <div className={classes.middle}>
          <Places onGo={onClose} />
          <Kept onGo={onClose} />
        </div>
        <UserMenu />
      </div>
    </Drawer>
  );
}
