import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from './error-text';
import classes from './State.module.css';

/** Says what failed, with the number under which the server's log knows it. */
export function ErrorState({
  error,
  onRetry,
  heading: Heading = 'h2',
}: {
  error: unknown;
  onRetry?: () => void;
  heading?: 'h1' | 'h2';
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const requestId = error instanceof ApiError ? error.requestId : undefined;

  return (
    <div className={classes.state} role="alert">
      <IconAlertTriangle size={30} stroke={1.3} aria-hidden />
      <Heading className={classes.title}>{t('common.error.title')}</Heading>
      <p className={classes.text}>{textOf(error)}</p>
      {requestId && (
        <p className={classes.text}>
          {t('common.error.request')} <code className={classes.request}>{requestId}</code>
        </p>
      )}
      {onRetry && (
        <div className={classes.actions}>
          <Button variant="default" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        </div>
      )}
    </div>
  );
}
