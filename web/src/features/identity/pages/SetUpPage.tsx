import { Alert, Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Language } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { PasswordField } from '../components/PasswordField';
import { useSetUp } from '../queries';
import { Door } from './Door';
import classes from './Door.module.css';

/** The first start: the organisation and its first user, by the one-time link from the server's log. */
export function SetUpPage({
  token,
  onDone,
  onLanguage,
}: {
  token: string;
  onDone: () => void;
  onLanguage: (language: Language) => void;
}) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const setUp = useSetUp();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { organisation: '', name: '', email: '', password: '' },
  });
  const submit = form.onSubmit((values) =>
    setUp.mutate(
      { ...values, token, locale: i18n.language },
      {
        onSuccess: onDone,
        onError: (error) => error instanceof ApiError && form.setErrors(firstOfEach(error.errors)),
      },
    ),
  );
  const general = setUp.error && !hasFieldErrors(setUp.error, Object.keys(form.getValues())) ? setUp.error : undefined;

  return (
    <Door title={t('identity.set_up.title')} lead={t('identity.set_up.lead')} onLanguage={onLanguage}>
      <form className={classes.form} onSubmit={submit}>
        {!token && (
          <Alert color="orange" variant="light">
            {t('identity.set_up.no_token')}
          </Alert>
        )}
        {general && (
          <Alert variant="light" color="red" role="alert">
            {textOf(general)}
          </Alert>
        )}
        <TextInput
          label={t('identity.set_up.organisation')}
          autoComplete="organization"
          autoFocus
          required
          withAsterisk={false}
          key={form.key('organisation')}
          {...form.getInputProps('organisation')}
        />
        <TextInput
          label={t('identity.set_up.name')}
          autoComplete="name"
          required
          withAsterisk={false}
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t('identity.email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordField
          label={t('identity.password')}
          autoComplete="new-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
          aria-invalid={form.errors.password !== undefined}
        />
        <Button type="submit" size="sm" loading={setUp.isPending} disabled={!token}>
          {t('identity.set_up.submit')}
        </Button>
      </form>
    </Door>
  );
}

function firstOfEach(errors: Record<string, string[]>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, messages[0]]));
}

function hasFieldErrors(error: unknown, fields: string[]): boolean {
  return error instanceof ApiError && fields.some((field) => error.fieldError(field) !== undefined);
}
