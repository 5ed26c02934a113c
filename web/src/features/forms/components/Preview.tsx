import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import classes from './Build.module.css';

/** How a form looks now, as the server shows it; without scripts, nothing can be sent in. */
export function Preview({
  html,
  error,
}: {
  html: string | undefined;
  /** What was written last cannot be shown. */
  error: unknown;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const isStale = Boolean(error);
  const isWrong = error instanceof ApiError && error.status === 422;
  return (
    <section className={classes.preview} aria-labelledby="form-preview">
      <h2 id="form-preview">{t('forms.preview.title')}</h2>
      {isStale && (
        <p className={classes.stale} role="status">
          {isWrong ? t('forms.preview.stale') : textOf(error)}
        </p>
      )}
      {html === undefined ? (
        !isStale && <Skeleton height={520} />
      ) : (
        <iframe
          className={classes.frame}
          title={t('forms.preview.title')}
          srcDoc={html}
          sandbox=""
          data-stale={isStale || undefined}
        />
      )}
    </section>
  );
}
