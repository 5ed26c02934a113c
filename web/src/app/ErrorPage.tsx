import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';

/** What stands in for a page that failed. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  if (isStatus(error, 404)) return <NotFoundPage />;
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        router.invalidate();
      }}
    />
  );
}

/** The page for an address that leads nowhere, or to what one may not see. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={IconMapQuestion} title={t('common.not_found.title')} text={t('common.not_found.text')}>
      <Button component={Link} to="/customers" variant="default">
        {t('common.not_found.back')}
      </Button>
    </EmptyState>
  );
}
