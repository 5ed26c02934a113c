import { Alert, Anchor, Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Language } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { PasskeyButton } from '../components/PasskeyButton';
import { isGivenUp, knowsPasskeys, usePasskeySignIn } from '../passkeys';
import { useSecondStep } from '../queries';
import { Door } from './Door';
import classes from './Door.module.css';

/** The second step of signing in: a code of the authenticator application, a recovery code, or a passkey. */
export function SecondStep({
  challenge,
  methods,
  onDone,
  onRestart,
  onLanguage,
}: {
  challenge: string;
  /** What can answer it. */
  methods: string[];
  onDone: () => void;
  onRestart: () => void;
  onLanguage: (language: Language) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const step = useSecondStep();
  const passkey = usePasskeySignIn();
  const [code, setCode] = useState('');
  const wrong = step.error instanceof ApiError ? step.error.fieldError('code') : undefined;
  const takesCode = methods.includes('code');
  const takesPasskey = methods.includes('passkey') && knowsPasskeys();
  const refusal = step.error ?? (isGivenUp(passkey.error) ? undefined : passkey.error);
  const lead = takesCode ? t('identity.second_step.lead') : t('identity.passkeys.second_step');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    step.mutate({ challenge, code }, { onSuccess: onDone, onError: () => setCode('') });
  };
  return (
    <Door title={t('identity.second_step.title')} lead={lead} onLanguage={onLanguage}>
      <form className={classes.form} onSubmit={submit}>
        {refusal && !wrong && (
          <Alert variant="light" color="red" role="alert">
            {textOf(refusal)}
          </Alert>
        )}
        {takesCode && (
          <>
            <TextInput
              label={t('identity.second_step.code')}
              autoComplete="one-time-code"
              autoFocus
              required
              withAsterisk={false}
              value={code}
              error={wrong}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button type="submit" size="sm" loading={step.isPending}>
              {t('identity.sign_in.submit')}
            </Button>
          </>
        )}
        {takesPasskey && (
          <PasskeyButton
            isPending={passkey.isPending}
            onClick={() => {
              step.reset();
              passkey.mutate(challenge, { onSuccess: onDone });
            }}
          />
        )}
        <Anchor component="button" type="button" size="sm" onClick={onRestart}>
          {t('identity.second_step.restart')}
        </Anchor>
      </form>
    </Door>
  );
}
