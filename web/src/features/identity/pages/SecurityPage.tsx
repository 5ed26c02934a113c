import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { lacksTwoFactor, useMe } from '@/api/session';
import { Page } from '@/ui/page/Page';
import { PasskeysPart } from '../components/PasskeysPart';
import { PasswordPart } from '../components/PasswordPart';
import { SessionsPart } from '../components/SessionsPart';
import { TwoFactorPart } from '../components/TwoFactorPart';

/** What everybody does for the safety of their own account. */
export function SecurityPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('identity.security.title')}>
      {lacksTwoFactor(me) && (
        <Alert color="orange" role="alert">
          {t('identity.security.required')}
        </Alert>
      )}
      <TwoFactorPart />
      <PasskeysPart />
      <PasswordPart />
      <SessionsPart />
    </Page>
  );
}
