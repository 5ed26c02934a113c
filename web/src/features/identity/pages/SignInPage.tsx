import { Alert, Anchor, Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { PasskeyButton } from '../components/PasskeyButton';
import { PasswordField } from '../components/PasswordField';
import { isGivenUp, knowsPasskeys, usePasskeySignIn } from '../passkeys';
import { isChallenge, setupQuery, signInOptionsQuery, useForgotPassword, useSignIn } from '../queries';
import { Door } from './Door';
import classes from './Door.module.css';
import { SecondStep } from './SecondStep';

export type SignInProblem = 'attempt' | 'provider' | 'account';

/** Signing in with e-mail and password, and with a code where a second factor is on. */
export function SignInPage({
  next = '/customers',
  problem,
  halfway,
  onDone,
  onLanguage,
}: {
  next?: string;
  /** Why signing in at the provider came to nothing. */
  problem?: SignInProblem;
  /** The challenge of who was at the provider already. */
  halfway?: string;
  onDone: () => void;
  onLanguage: (language: Language) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const setup = useQuery(setupQuery);
  const signIn = useSignIn();
  const forgot = useForgotPassword();
  const passkey = usePasskeySignIn();
  const options = useQuery(signInOptionsQuery);
  const [challenge, setChallenge] = useState(halfway);
  const [methods, setMethods] = useState<string[]>();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });
  const submit = form.onSubmit((values) =>
    signIn.mutate(values, {
      onSuccess: (answer) => {
        if (!isChallenge(answer)) return onDone();
        setMethods(answer.methods);
        setChallenge(answer.challenge);
      },
    }),
  );
  const ask = () => {
    const { email } = form.getValues();
    if (email) forgot.mutate(email);
    else form.setFieldError('email', t('identity.sign_in.email_first'));
  };

  if (challenge) {
    const restart = () => {
      setChallenge(undefined);
      signIn.reset();
    };
    return (
      <SecondStep
        challenge={challenge}
        methods={methods ?? (options.data?.passkeys ? ['code', 'passkey'] : ['code'])}
        onDone={onDone}
        onRestart={restart}
        onLanguage={onLanguage}
      />
    );
  }
  const refusal = signIn.error ?? (isGivenUp(passkey.error) ? undefined : passkey.error);
  return (
    <Door title={t('identity.sign_in.title')} onLanguage={onLanguage}>
      <form className={classes.form} onSubmit={submit}>
        {setup.data?.needed && (
          <Alert variant="light" title={t('identity.sign_in.no_user_title')}>
            {t('identity.sign_in.no_user')}
          </Alert>
        )}
        {refusal && (
          <Alert variant="light" color="red" role="alert">
            {textOf(refusal)}
          </Alert>
        )}
        {problem && !refusal && (
          <Alert variant="light" color="red" role="alert">
            {t(`identity.sign_in.problem.${problem}`)}
          </Alert>
        )}
        {forgot.isSuccess && (
          <Alert variant="light" role="status">
            {t('identity.sign_in.asked')}
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
        <PasswordField
          label={t('identity.password')}
          autoComplete="current-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={signIn.isPending}>
          {t('identity.sign_in.submit')}
        </Button>
        {options.data?.passkeys && knowsPasskeys() && (
          <PasskeyButton
            isPending={passkey.isPending}
            onClick={() => {
              signIn.reset();
              passkey.mutate(undefined, { onSuccess: onDone });
            }}
          />
        )}
        {options.data?.oidc && (
          <Button
            component="a"
            href={`${options.data.oidc.start}?next=${encodeURIComponent(next)}`}
            variant="default"
            size="sm"
          >
            {t('identity.sign_in.with', { name: options.data.oidc.label })}
          </Button>
        )}
        <Anchor component="button" type="button" size="sm" onClick={ask}>
          {t('identity.sign_in.forgot')}
        </Anchor>
      </form>
    </Door>
  );
}
