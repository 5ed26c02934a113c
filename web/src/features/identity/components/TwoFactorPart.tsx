import { Alert, Button, Code, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useMe } from '@/api/session';
import type { TwoFactorSecret } from '@/api/types';
import { useErrorText } from '@/ui/error-text';
import classes from '../pages/SecurityPage.module.css';
import { useBeginTwoFactor, useConfirmTwoFactor, useRenewRecoveryCodes, useTwoFactorOff } from '../queries';
import { PasswordField } from './PasswordField';

/** The second factor: turned on in two steps, kept by recovery codes. */
export function TwoFactorPart() {
  const { t } = useTranslation();
  const me = useMe();
  const [codes, setCodes] = useState<string[]>();
  return (
    <section className={classes.part} aria-labelledby="security-two-factor">
      <h2 id="security-two-factor">{t('identity.security.two_factor')}</h2>
      {codes ? (
        <Codes codes={codes} onDone={() => setCodes(undefined)} />
      ) : me.two_factor.is_on ? (
        <On left={me.two_factor.recovery_codes_left} isRequired={me.two_factor.is_required} onCodes={setCodes} />
      ) : (
        <Off onCodes={setCodes} />
      )}
    </section>
  );
}

function Off({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const begin = useBeginTwoFactor();
  if (begin.data) return <Confirm secret={begin.data} onCodes={onCodes} />;
  return (
    <>
      <p>{t('identity.security.off')}</p>
      <Proof
        error={begin.error}
        submit={t('identity.security.turn_on')}
        isPending={begin.isPending}
        withoutCode
        onProof={({ current_password }) => begin.mutate(current_password)}
      />
    </>
  );
}

function Confirm({ secret, onCodes }: { secret: TwoFactorSecret; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const confirm = useConfirmTwoFactor(onCodes);
  return (
    <>
      <p>{t('identity.security.scan')}</p>
      <img
        className={classes.qr}
        src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`}
        alt={t('identity.security.qr')}
      />
      <p className={classes.secret}>
        {t('identity.security.by_hand')} <Code>{secret.secret}</Code>
      </p>
      <Proof
        error={confirm.error}
        submit={t('identity.security.confirm')}
        isPending={confirm.isPending}
        withoutPassword
        onProof={({ code }) => confirm.mutate(code)}
      />
    </>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Alert color="orange" role="status">
        {t('identity.security.keep_codes')}
      </Alert>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <Button variant="default" onClick={() => navigator.clipboard.writeText(codes.join('\n'))}>
          {t('identity.security.copy')}
        </Button>
        <Button onClick={onDone}>{t('identity.security.kept')}</Button>
      </Group>
    </>
  );
}

function On({ left, isRequired, onCodes }: { left: number; isRequired: boolean; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<'codes' | 'off'>();
  const renew = useRenewRecoveryCodes((codes) => {
    setWanted(undefined);
    onCodes(codes);
  });
  const off = useTwoFactorOff();
  return (
    <>
      <p>{t('identity.security.on', { count: left })}</p>
      {wanted === 'codes' && (
        <Proof
          error={renew.error}
          submit={t('identity.security.new_codes')}
          isPending={renew.isPending}
          onProof={(proof) => renew.mutate(proof)}
        />
      )}
      {wanted === 'off' && (
        <Proof
          error={off.error}
          submit={t('identity.security.turn_off')}
          isPending={off.isPending}
          onProof={(proof) => off.mutate(proof)}
        />
      )}
      {!wanted && (
        <Group gap="xs">
          <Button variant="default" onClick={() => setWanted('codes')}>
            {t('identity.security.new_codes')}
          </Button>
          {!isRequired && (
            <Button variant="default" onClick={() => setWanted('off')}>
              {t('identity.security.turn_off')}
            </Button>
          )}
        </Group>
      )}
    </>
  );
}

interface Given {
  current_password: string;
  code: string;
}

/** Asks once more who one is. */
function Proof({
  error,
  submit,
  isPending,
  withoutCode,
  withoutPassword,
  onProof,
}: {
  error: unknown;
  submit: ReactNode;
  isPending: boolean;
  withoutCode?: boolean;
  withoutPassword?: boolean;
  onProof: (given: Given) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const form = useForm<Given>({ mode: 'uncontrolled', initialValues: { current_password: '', code: '' } });
  const of = (field: keyof Given) => (error instanceof ApiError ? error.fieldError(field) : undefined);
  return (
    <form className={classes.form} onSubmit={form.onSubmit(onProof)}>
      {error != null && !of('code') && !of('current_password') && (
        <Alert variant="light" color="red" role="alert">
          {textOf(error)}
        </Alert>
      )}
      {!withoutPassword && (
        <PasswordField
          label={t('identity.security.current_password')}
          autoComplete="current-password"
          key={form.key('current_password')}
          {...form.getInputProps('current_password')}
          error={of('current_password')}
        />
      )}
      {!withoutCode && (
        <TextInput
          label={t('identity.second_step.code')}
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          key={form.key('code')}
          {...form.getInputProps('code')}
          error={of('code')}
        />
      )}
      <Button type="submit" loading={isPending}>
        {submit}
      </Button>
    </form>
  );
}
