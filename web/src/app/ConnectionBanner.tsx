import { notifications } from '@mantine/notifications';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onReturn, tryNow, useConnection } from '@/api/connection';
import { formatElapsed } from '@/lib/dates';
import classes from './ConnectionBanner.module.css';

/** Says when the server cannot be reached, and since when. It never stands in the way: work goes on with what is on the screen. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const { state, since } = useConnection();

  useEffect(
    () =>
      onReturn(() =>
        notifications.show({
          message: t('common.connection.back'),
          autoClose: 3000,
          withBorder: true,
          closeButtonProps: { 'aria-label': t('common.close') },
        }),
      ),
    [t],
  );

  return (
    <div role="status">
      {state !== 'up' && (
        <div className={classes.banner}>
          <IconCloudOff size={16} aria-hidden />
          <span className={classes.text}>{t(`common.connection.${state}`)}</span>
          <Elapsed since={since} />
          <button type="button" className={classes.retry} onClick={() => tryNow()}>
            {t('common.connection.retry')}
          </button>
        </div>
      )}
    </div>
  );
}

/** Not read out each second: who wants to know finds it. */
function Elapsed({ since }: { since: number }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span role="timer" aria-live="off" aria-label={t('common.connection.since')}>
      {formatElapsed(Math.max(0, now - since))}
    </span>
  );
}
