import { Alert, Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Language } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { PasswordField } from '../components/PasswordField';
import { useNewPassword } from '../queries';
import { Door } from './Door';
import classes from './Door.module.css';

/** Choosing a new password by the link that an administrator gave. */
export function NewPasswordPage({
  token,
  onDone,
  onLanguage,
}: {
  token: string;
  onDone: () => void;
  onLanguage: (language: Language) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const choose = useNewPassword();
  const [password, setPassword] = useState('');
  const weak = choose.error instanceof ApiError ? choose.error.fieldError('password') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    choose.mutate({ token, password });
  };
  return (
    <Door title={t('identity.new_password.title')} onLanguage={onLanguage}>
      {choose.isSuccess ? (
        <div className={classes.form}>
          <Alert variant="light" role="status">
            {t('identity.new_password.done')}
          </Alert>
          <Button size="sm" onClick={onDone}>
            {t('identity.sign_in.title')}
          </Button>
        </div>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          {!token && (
            <Alert color="orange" variant="light">
              {t('identity.new_password.no_token')}
            </Alert>
          )}
          {choose.error && !weak && (
            <Alert variant="light" color="red" role="alert">
              {textOf(choose.error)}
            </Alert>
          )}
          <PasswordField
            label={t('identity.new_password.password')}
            autoComplete="new-password"
            autoFocus
            required
            value={password}
            error={weak}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" loading={choose.isPending} disabled={!token}>
            {t('identity.new_password.submit')}
          </Button>
        </form>
      )}
    </Door>
  );
}
