import { Alert, Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import { When } from '@/ui/When';
import classes from '../pages/SecurityPage.module.css';
import { isGivenUp, isThereAlready, knowsPasskeys, passkeysQuery, useAddPasskey, useRemovePasskey } from '../passkeys';
import { signInOptionsQuery } from '../queries';
import { PasswordField } from './PasswordField';

/** Keys on one's devices, which open the door without a password. */
export function PasskeysPart() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const options = useQuery(signInOptionsQuery);
  const { data } = useQuery(passkeysQuery);
  const remove = useRemovePasskey();
  const [isAdding, setIsAdding] = useState(false);
  if (!options.data?.passkeys) return null;
  return (
    <section className={classes.part} aria-labelledby="security-passkeys">
      <h2 id="security-passkeys">{t('identity.passkeys.title')}</h2>
      <p>{t('identity.passkeys.lead')}</p>
      {remove.error && (
        <Alert variant="light" color="red" role="alert">
          {textOf(remove.error)}
        </Alert>
      )}
      {data && data.results.length > 0 && (
        <ul className={classes.sessions}>
          {data.results.map((passkey) => (
            <li key={passkey.id}>
              <span>
                {passkey.name}
                <small>
                  {t('identity.passkeys.made')} <When at={passkey.created_at} />
                  {' · '}
                  {passkey.used_at ? (
                    <>
                      {t('identity.passkeys.used')} <When at={passkey.used_at} relative />
                    </>
                  ) : (
                    t('identity.passkeys.unused')
                  )}
                </small>
              </span>
              <Button
                variant="subtle"
                aria-label={t('identity.passkeys.remove_named', { name: passkey.name })}
                loading={remove.isPending && remove.variables === passkey.id}
                onClick={() => remove.mutate(passkey.id)}
              >
                {t('identity.passkeys.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {!knowsPasskeys() ? (
        <p>{t('identity.passkeys.not_here')}</p>
      ) : isAdding ? (
        <Add onDone={() => setIsAdding(false)} />
      ) : (
        <Button variant="default" onClick={() => setIsAdding(true)}>
          {t('identity.passkeys.add')}
        </Button>
      )}
    </section>
  );
}

function Add({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const add = useAddPasskey();
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', current_password: '' } });
  const of = (field: string) => (add.error instanceof ApiError ? add.error.fieldError(field) : undefined);
  const problem = isThereAlready(add.error)
    ? t('identity.passkeys.there_already')
    : isGivenUp(add.error)
      ? t('identity.passkeys.given_up')
      : textOf(add.error);
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => add.mutate(values, { onSuccess: onDone }))}>
      {add.error && !of('name') && !of('current_password') && (
        <Alert variant="light" color="red" role="alert">
          {problem}
        </Alert>
      )}
      <TextInput
        label={t('identity.passkeys.name')}
        description={t('identity.passkeys.name_hint')}
        maxLength={60}
        key={form.key('name')}
        {...form.getInputProps('name')}
        error={of('name')}
      />
      <PasswordField
        label={t('identity.security.current_password')}
        autoComplete="current-password"
        key={form.key('current_password')}
        {...form.getInputProps('current_password')}
        error={of('current_password')}
      />
      <Button type="submit" loading={add.isPending}>
        {t('identity.passkeys.create')}
      </Button>
    </form>
  );
}
