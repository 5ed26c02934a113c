import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '@/ui/ErrorState';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import classes from './Parts.module.css';

/** What hangs on an opportunity, line by line: each is changed and taken away in its place, more are added below. */
export function Parts<Part>({
  id,
  title,
  lead,
  add,
  none,
  query,
  parts,
  columns,
  nameOf,
  readOnly,
  onRemove,
  form,
}: {
  /** Of the heading. */
  id: string;
  title: string;
  lead?: ReactNode;
  /** What the button to add one says. */
  add: string;
  /** What is said of an empty list. */
  none: string;
  query: Pick<UseQueryResult, 'error' | 'refetch'>;
  /** Nothing while they are on their way. */
  parts: Part[] | undefined;
  columns: ComponentProps<typeof PlainTable<Part & { place: number }>>['columns'];
  nameOf: (part: Part) => string;
  readOnly: boolean;
  onRemove: (place: number) => void;
  /** Changes the part in a place; adds one in the place behind the last. */
  form: (place: number, onDone: () => void) => ReactNode;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | undefined>();
  if (query.error && !parts) return <ErrorState error={query.error} onRetry={() => query.refetch()} />;
  const actionsOf = (part: Part & { place: number }) => {
    const name = nameOf(part);
    return (
      <>
        <ActionIcon aria-label={t('opportunities.parts.edit', { name })} onClick={() => setOpen(part.place)}>
          <IconPencil size={15} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label={t('opportunities.parts.remove', { name })} onClick={() => onRemove(part.place)}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </>
    );
  };
  return (
    <PagePart
      id={id}
      title={title}
      lead={lead}
      actions={
        !readOnly && (
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setOpen(parts?.length ?? 0)}
          >
            {add}
          </Button>
        )
      }
    >
      <PlainTable
        label={title}
        rows={parts?.map((part, place) => ({ ...part, place }))}
        rowId={({ place }) => place}
        empty={<p className={classes.none}>{none}</p>}
        columns={columns}
        actions={readOnly ? undefined : actionsOf}
      />
      {open !== undefined && !readOnly && form(open, () => setOpen(undefined))}
    </PagePart>
  );
}

/** The form of a part, below the list. */
export function PartForm({
  label,
  isPending,
  onSubmit,
  onDone,
  children,
}: {
  label: string;
  isPending: boolean;
  onSubmit: () => void;
  onDone: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <form
      className={classes.form}
      aria-label={label}
      noValidate
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
