import { Alert, Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import classes from '../pages/SecurityPage.module.css';
import { useChangePassword } from '../queries';
import { PasswordField } from './PasswordField';

/** Another password. */
export function PasswordPart() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangePassword();
  const form = useForm({ mode: 'uncontrolled', initialValues: { current_password: '', password: '' } });
  const errors = change.error instanceof ApiError ? change.error : undefined;
  const submit = form.onSubmit((values) => change.mutate(values, { onSuccess: () => form.reset() }));
  const told = errors?.fieldError('password') ?? errors?.fieldError('current_password');
  return (
    <section className={classes.part} aria-labelledby="security-password">
      <h2 id="security-password">{t('identity.password')}</h2>
      <form className={classes.form} onSubmit={submit}>
        {change.error && !told && (
          <Alert variant="light" color="red" role="alert">
            {textOf(change.error)}
          </Alert>
        )}
        {change.isSuccess && (
          <Alert variant="light" role="status">
            {t('identity.security.password_changed')}
          </Alert>
        )}
        <PasswordField
          label={t('identity.security.current_password')}
          autoComplete="current-password"
          required
          key={form.key('current_password')}
          {...form.getInputProps('current_password')}
          error={errors?.fieldError('current_password')}
        />
        <PasswordField
          label={t('identity.new_password.password')}
          autoComplete="new-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
          error={errors?.fieldError('password')}
        />
        <Button type="submit" variant="default" loading={change.isPending}>
          {t('identity.security.change_password')}
        </Button>
      </form>
    </section>
  );
}
