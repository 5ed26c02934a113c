import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import classes from './Sections.module.css';

/** What hangs on a customer under one heading, with a form for one more. */
export function Section({
  title,
  isEmpty,
  form,
  children,
}: {
  title: string;
  isEmpty: boolean;
  form?: (close: () => void) => ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const label = t('customers.sections.add', { name: title });
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <h3 className={classes.heading} id={id}>
          {title}
        </h3>
        {form && (
          <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus>
            <Popover.Target>
              <ActionIcon size="sm" aria-label={label} onClick={() => setOpen(!open)}>
                <IconPlus size={15} aria-hidden />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown aria-label={label}>{form(() => setOpen(false))}</Popover.Dropdown>
          </Popover>
        )}
      </div>
      {isEmpty ? <p className={classes.none}>{t('customers.sections.none')}</p> : children}
    </section>
  );
}

/** One line of a section. */
export function Item({
  icon,
  title,
  detail,
  onRemove,
  removeLabel,
}: {
  icon: ReactNode;
  title: ReactNode;
  detail?: string;
  onRemove?: () => void;
  removeLabel?: string;
}) {
  return (
    <li className={classes.item}>
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <span className={classes.text}>
        {title}
        {detail && <small>{detail}</small>}
      </span>
      {onRemove && (
        <ActionIcon size="sm" className={classes.remove} aria-label={removeLabel} onClick={onRemove}>
          <IconX size={14} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}

/** What a section's form needs: values, the server's complaints by field, sending. */
export function useSectionForm(
  initial: Record<string, string>,
  send: (values: Record<string, string>) => Promise<unknown>,
  done: () => void,
) {
  const textOf = useErrorText();
  const [values, setValues] = useState(initial);
  const [error, setError] = useState<unknown>();
  const [isSending, setSending] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    try {
      await send(values);
      done();
    } catch (refusal) {
      setError(refusal);
    } finally {
      setSending(false);
    }
  };
  const errorOf = (name: string) => (error instanceof ApiError ? error.fieldError(name) : undefined);
  const placed = Object.keys(values).some((name) => errorOf(name));
  return {
    values,
    set: (name: string, value: string) => setValues((before) => ({ ...before, [name]: value })),
    errorOf,
    general: error && !placed ? textOf(error) : undefined,
    isSending,
    submit,
  };
}

/** The button that sends a section's form. */
export function Submit({ isSending }: { isSending: boolean }) {
  const { t } = useTranslation();
  return (
    <Button type="submit" loading={isSending}>
      {t('common.save')}
    </Button>
  );
}
