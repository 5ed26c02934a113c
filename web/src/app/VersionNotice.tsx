import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { watchVersion } from './service-worker';
import classes from './VersionNotice.module.css';

const NOTICE = 'crm.version';

/** Tells quietly that a new version is there. Nobody is interrupted: it is taken with the next reload. */
export function VersionNotice() {
  const { t } = useTranslation();
  useEffect(
    () =>
      watchVersion(() =>
        notifications.show({
          id: NOTICE,
          autoClose: false,
          withBorder: true,
          closeButtonProps: { 'aria-label': t('common.close') },
          message: (
            <div className={classes.notice}>
              <span>{t('common.update.available')}</span>
              <Button variant="subtle" onClick={() => location.reload()}>
                {t('common.update.reload')}
              </Button>
            </div>
          ),
        }),
      ),
    [t],
  );
  return null;
}
