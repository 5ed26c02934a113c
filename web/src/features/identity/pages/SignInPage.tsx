import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Language } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { setupQuery, useSignIn } from '../queries';
import { Door } from './Door';
import classes from './Door.module.css';

/** Signing in with e-mail and password. */
export function SignInPage({ onDone, onLanguage }: { onDone: () => void; onLanguage: (language: Language) => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const setup = useQuery(setupQuery);
  const signIn = useSignIn();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });

  return (
    <Door title={t('identity.sign_in.title')} onLanguage={onLanguage}>
      <form className={classes.form} onSubmit={form.onSubmit((values) => signIn.mutate(values, { onSuccess: onDone }))}>
        {setup.data?.needed && (
          <Alert variant="light" title={t('identity.sign_in.no_user_title')}>
            {t('identity.sign_in.no_user')}
          </Alert>
        )}
        {signIn.error && (
          <Alert variant="light" color="red" role="alert">
            {textOf(signIn.error)}
          </Alert>
        )}
        <TextInput
          label={t('identity.email')}
          type="email"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('identity.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('identity.show_password') }}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={signIn.isPending}>
          {t('identity.sign_in.submit')}
        </Button>
      </form>
    </Door>
  );
}
