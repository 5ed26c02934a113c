import { ActionIcon, Button, Group, Menu, Popover } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import classes from './Sections.module.css';

/** What hangs on a customer under one heading, with a form for one more, which also changes one that is there. */
export function Section<Entry = never>({
  title,
  isEmpty,
  form,
  children,
}: {
  title: string;
  isEmpty: boolean;
  form?: (close: () => void, entry: Entry | undefined) => ReactNode;
  children: (edit: (entry: Entry) => void) => ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [entry, setEntry] = useState<Entry | undefined>();
  const label = t('customers.sections.add', { name: title });
  const show = (next: Entry | undefined) => {
    setEntry(next);
    setOpen(true);
  };
  const close = () => setOpen(false);
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <h3 className={classes.heading} id={id}>
          {title}
        </h3>
        {form && (
          // A click beside it would lose what was typed, so it closes by its own button or Escape only.
          <Popover
            opened={open}
            onDismiss={close}
            closeOnClickOutside={false}
            position="bottom-end"
            trapFocus
            returnFocus
          >
            <Popover.Target>
              <ActionIcon size="sm" aria-label={label} onClick={() => (open ? close() : show(undefined))}>
                <IconPlus size={15} aria-hidden />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown aria-label={entry ? title : label}>{form(close, entry)}</Popover.Dropdown>
          </Popover>
        )}
      </div>
      {isEmpty ? <p className={classes.none}>{t('customers.sections.none')}</p> : children(show)}
    </section>
  );
}

/** Something that can be done with a line of a section. */
export interface ItemAction {
  label: string;
  onClick: () => void;
}

/** One line of a section. */
export function Item({
  icon,
  title,
  detail,
  actions = [],
  menuLabel,
}: {
  icon: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  actions?: ItemAction[];
  menuLabel?: string;
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
      {actions.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="sm" className={classes.remove} aria-label={menuLabel}>
              <IconDots size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {actions.map(({ label, onClick }) => (
              <Menu.Item key={label} onClick={onClick}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  );
}

/** What a section's form needs: values, the server's complaints by field, sending. What was typed stays until the server has it. */
export function useSectionForm<Values extends Record<string, string | boolean>>(
  initial: Values,
  send: (values: Values) => Promise<unknown>,
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
    set: <Name extends keyof Values>(name: Name, value: Values[Name]) =>
      setValues((before) => ({ ...before, [name]: value })),
    errorOf,
    general: error && !placed ? textOf(error) : undefined,
    isSending,
    submit,
  };
}

/** The buttons that send a section's form, or close it. */
export function Submit({ isSending, onCancel }: { isSending: boolean; onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
      <Button type="submit" loading={isSending}>
        {t('common.save')}
      </Button>
    </Group>
  );
}
