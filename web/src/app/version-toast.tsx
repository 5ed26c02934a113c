import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import classes from './version-toast.module.css';

/** Tells quietly that a new version is there. Nobody is interrupted: it is taken with the next reload. */
export function showNewVersion() {
  notifications.show({
    id: 'crm.version',
    autoClose: false,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
    message: (
      <div className={classes.notice}>
        <span>{i18next.t('common.update.available')}</span>
        <Button variant="subtle" onClick={() => location.reload()}>
          {i18next.t('common.update.reload')}
        </Button>
      </div>
    ),
  });
}
