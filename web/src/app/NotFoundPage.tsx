import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/ui/EmptyState';

/** The page for an address that leads nowhere, or to what one may not see. */
export default function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState
      heading="h1"
      icon={IconMapQuestion}
      title={t('common.not_found.title')}
      text={t('common.not_found.text')}
    >
      <Button component={Link} to="/customers" variant="default">
        {t('common.not_found.back')}
      </Button>
    </EmptyState>
  );
}
