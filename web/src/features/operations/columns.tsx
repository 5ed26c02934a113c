import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { Operation } from '@/api/types';
import { PersonBadge } from '@/ui/PersonBadge';
import type { Column } from '@/ui/record-table/column';
import { When } from '@/ui/When';
import classes from './components/cells.module.css';
import { Outcome, Standing } from './components/Outcome';
import { kindKey, UNDO } from './kinds';

/** What a row can start. */
export interface RowActions {
  undo: (operation: Operation) => void;
  /** The one that is being undone. */
  pending: number | undefined;
}

/** What an operation is called. */
export function nameOf(t: TFunction, { kind, summary }: Pick<Operation, 'kind' | 'summary'>): string {
  return t(kindKey(kind, summary as Record<string, unknown>));
}

/** The columns of the history. */
export function operationColumns(t: TFunction, actions: RowActions): Column<Operation>[] {
  return [
    {
      id: 'what',
      header: t('operations.column.what'),
      width: 200,
      grow: 2,
      cell: (operation) => <Name operation={operation} t={t} />,
    },
    {
      id: 'changed',
      header: t('operations.column.changed'),
      width: 180,
      grow: 2,
      cell: (operation) => <Outcome operation={operation} />,
    },
    {
      id: 'who',
      header: t('operations.column.who'),
      width: 150,
      grow: 1,
      cell: ({ actor_name }) => <Actor name={actor_name} t={t} />,
    },
    {
      id: 'when',
      header: t('operations.column.when'),
      width: 130,
      cell: ({ at }) => (
        <span className={classes.quiet}>
          <When at={at} relative />
        </span>
      ),
    },
    {
      id: 'state',
      header: t('operations.column.state'),
      width: 130,
      cell: (operation) => <Standing operation={operation} />,
    },
    {
      id: 'undo',
      header: t('operations.undo'),
      width: 130,
      align: 'end',
      cell: (operation) => <Undo operation={operation} t={t} {...actions} />,
    },
  ];
}

/** An operation on a phone. */
export function operationCard(t: TFunction, actions: RowActions) {
  return (operation: Operation) => (
    <div className={classes.card}>
      <Name operation={operation} t={t} />
      <Undo operation={operation} t={t} {...actions} />
      <span className={classes.quiet}>
        {operation.actor_name ?? t('operations.system')} · <When at={operation.at} relative /> ·{' '}
        <Outcome operation={operation} />
      </span>
    </div>
  );
}

function Actor({ name, t }: { name: string | null | undefined; t: TFunction }) {
  return name ? <PersonBadge name={name} /> : <span className={classes.quiet}>{t('operations.system')}</span>;
}

function Name({ operation, t }: { operation: Operation; t: TFunction }) {
  return (
    <Link
      to="."
      search={(before: Record<string, unknown>) => ({ ...before, open: String(operation.id) })}
      className={classes.name}
      data-row-link
      data-undone={operation.undone_by_id != null || undefined}
    >
      {nameOf(t, operation)}
    </Link>
  );
}

function Undo({ operation, t, undo, pending }: { operation: Operation; t: TFunction } & RowActions) {
  if (!operation.can_be_undone) return null;
  const isRedo = operation.kind === UNDO;
  const name = nameOf(t, operation);
  return (
    <button
      type="button"
      className={classes.undo}
      disabled={pending !== undefined}
      aria-label={t(isRedo ? 'operations.redo_of' : 'operations.undo_of', { name })}
      onClick={() => undo(operation)}
    >
      {t(isRedo ? 'operations.redo' : 'operations.undo')}
    </button>
  );
}
