import { Drawer, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '@/ui/ErrorState';
import { conversionQuery, type LeadLine } from '../queries';
import { Became } from './Became';
import { ConvertForm } from './ConvertForm';

/** Makes a customer of a lead, with its contact and an opportunity as they are wanted. */
export function ConvertDrawer({ lead, opened, onClose }: { lead: LeadLine; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const {
    data: preview,
    error,
    refetch,
    isFetchedAfterMount,
  } = useQuery({
    ...conversionQuery(lead.id),
    enabled: opened,
  });
  if (preview && isFetchedAfterMount && !preview.conversion)
    return <ConvertForm lead={lead} preview={preview} opened={opened} onClose={onClose} />;
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={460}
      title={t('leads.convert.title', { name: lead.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {error && !preview && <ErrorState error={error} onRetry={() => refetch()} />}
      {preview?.conversion && (
        <>
          <p>{t('leads.convert.already')}</p>
          <Became {...preview.conversion} />
        </>
      )}
      {!error && !preview?.conversion && (
        <Stack>
          <Skeleton height={110} />
          <Skeleton height={110} />
          <Skeleton height={60} />
        </Stack>
      )}
    </Drawer>
  );
}
