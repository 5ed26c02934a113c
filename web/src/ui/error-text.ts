import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';

/** Failures in words: the server's own where it gave some, else ours. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) return t('common.error.unknown');
      if (error.detail) return error.detail;
      if (error.status === 0) return t('common.error.unreachable');
      if (error.status === 403) return t('common.error.forbidden');
      if (error.status === 429) return t('common.error.too_many');
      return t('common.error.unknown');
    },
    [t],
  );
}
