import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { lacksTwoFactor, useMe } from '@/api/session';
import { PasskeysPart } from '../components/PasskeysPart';
import { PasswordPart } from '../components/PasswordPart';
import { SessionsPart } from '../components/SessionsPart';
import { TwoFactorPart } from '../components/TwoFactorPart';
import classes from './SecurityPage.module.css';

/** What everybody does for the safety of their own account. */
export function SecurityPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{t('identity.security.title')}</h1>
      {lacksTwoFactor(me) && (
        <Alert color="orange" role="alert">
          {t('identity.security.required')}
        </Alert>
      )}
      <TwoFactorPart />
      <PasskeysPart />
      <PasswordPart />
      <SessionsPart />
    </div>
  );
}
