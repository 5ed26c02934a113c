import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Asks the browser for a passkey. */
export function PasskeyButton({ isPending, onClick }: { isPending: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button type="button" variant="default" size="sm" loading={isPending} onClick={onClick}>
      {t('identity.passkeys.sign_in')}
    </Button>
  );
}
