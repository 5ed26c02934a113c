import { Alert, Button, Drawer, Group, Stack } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '../error-text';

/**
 * A form beside the page it belongs to. What the server refused stands at its field where the form has one of that name, else above the
 * form; the first wrong field gets the focus.
 */
export function FormDrawer({
  opened,
  onClose,
  title,
  submit,
  onSubmit,
  isPending,
  error,
  fields,
  errors,
  size = 420,
  actions,
  children,
}: {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  /** The words on the button. */
  submit: string;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  isPending: boolean;
  /** What the server answered. */
  error: unknown;
  /** The names of the fields that show their own errors. */
  fields: string[];
  /** The errors that the form shows now: when they change, the first wrong field is focused. */
  errors?: object;
  size?: number;
  /** More buttons beside the one that submits. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={size}
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Form onSubmit={onSubmit} errors={errors}>
        <Refusal error={error} fields={fields} />
        {children}
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {actions}
          <Button type="submit" loading={isPending}>
            {submit}
          </Button>
        </Group>
      </Form>
    </Drawer>
  );
}

function Form({
  onSubmit,
  errors,
  children,
}: {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  errors?: object;
  children: ReactNode;
}) {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (errors && Object.keys(errors).length > 0)
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);
  return (
    <form ref={element} onSubmit={onSubmit} onKeyDown={submitOnCtrlEnter} noValidate>
      <Stack gap="sm">{children}</Stack>
    </form>
  );
}

/** Ctrl-Enter (⌘-Enter) submits from any field, also from those where Enter means something else. */
function submitOnCtrlEnter(event: KeyboardEvent<HTMLFormElement>) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

/** What the server refused, but for what the fields say themselves. */
export function Refusal({ error, fields }: { error: unknown; fields: string[] }) {
  const textOf = useErrorText();
  if (!error) return null;
  const named = error instanceof ApiError ? Object.keys(error.errors) : [];
  const unplaced = named.filter((name) => !fields.includes(name));
  if (named.length > 0 && unplaced.length === 0) return null;
  const text =
    error instanceof ApiError && unplaced.length > 0
      ? unplaced.map((name) => error.fieldError(name)).join(' ')
      : textOf(error);
  return (
    <Alert color="red" variant="light" role="alert">
      {text}
    </Alert>
  );
}

/** The refusals of those fields, as a form takes them: `form.setErrors(errorsOf(error, fields))`. */
export function errorsOf(error: unknown, fields: string[]): Record<string, string | undefined> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(fields.map((name) => [name, error.fieldError(name)]));
}
