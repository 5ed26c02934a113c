import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** The refused rows as a file, to be put right elsewhere. */
export function ErrorsFile({ id }: { id: number }) {
  const { t } = useTranslation();
  return (
    <Button
      component="a"
      variant="default"
      leftSection={<IconDownload size={15} />}
      href={`/api/v1/crm/imports/${id}/errors/`}
      download
    >
      {t('imports.wrong_rows')}
    </Button>
  );
}
