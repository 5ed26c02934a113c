import { ActionIcon, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconTrash, IconUserShare, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { RecordRow } from '@/api/records';
import type { Bulk, BulkOutcome } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '../ConfirmDialog';
import { useCommands } from '../commands/registry';
import { useErrorText } from '../error-text';
import type { Criteria } from '../filters/criteria';
import type { SelectionState } from '../record-table/selection';
import { showRefusal, showUndo } from '../toasts';
import classes from './BulkBar.module.css';
import { BulkEdit } from './BulkEdit';
import { changeMany, useBulk } from './list-queries';
import type { Listing } from './listing';

/** What a bulk action does, without to whom. */
export type BulkAction = Pick<Bulk, 'action' | 'tags' | 'changes'>;

/** The records that are meant: these, or all that the list finds. */
export type Whom = Pick<Bulk, 'ids' | 'criteria' | 'search'>;

/** What the actions of a kind of record are given. */
export interface BulkTools {
  run: (action: BulkAction) => void;
  /** Does what is sent in another way. */
  perform: (send: (whom: Whom) => Promise<BulkOutcome>) => void;
  isPending: boolean;
  /** The popover that is open, by a name. */
  open: string | undefined;
  toggle: (which: string) => void;
  close: () => void;
  /** The chosen ones; nothing when all that the list finds are. */
  ids: number[] | undefined;
  /** What the selection is called among the commands. */
  label: string;
}

/** What can be done with the selected records, or with all that the list finds. */
export function BulkBar<Row extends RecordRow>({
  listing,
  selection,
  loaded,
  first,
  search,
  criteria,
}: {
  listing: Listing<Row>;
  selection: SelectionState;
  loaded: number;
  first: { count: number; count_is_capped: boolean } | undefined;
  search: string;
  criteria: Criteria;
}) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const { kind, noun, fields, may, Bulk } = listing;
  const bulk = useBulk(kind);
  const [open, setOpen] = useState<string>();
  const [deleting, deletion] = useDisclosure();
  const total = first?.count ?? loaded;
  const totalText = formatCount(total, i18n.language) + (first?.count_is_capped ? '+' : '');
  const ids = selection.value.all ? undefined : [...selection.value.ids];
  const count = ids?.length ?? total;
  const said = { count, number: ids ? formatCount(count, i18n.language) : totalText, noun: noun(count) };
  const owner = fields.list.find(({ name, choices }) => name === listing.ownerField && choices.length > 0);
  const close = () => setOpen(undefined);
  const toggle = (which: string) => setOpen(open === which ? undefined : which);

  const perform = (send: (whom: Whom) => Promise<BulkOutcome>) => {
    const whom: Whom = ids ? { ids } : { criteria: criteria as Record<string, unknown>, search: search || undefined };
    bulk.mutate(() => send(whom), {
      onSuccess: ({ changed, refused_count, refused, operation_id }) => {
        close();
        selection.clear();
        const done = { count: changed, number: formatCount(changed, i18n.language), noun: noun(changed) };
        showUndo(t('common.bulk.done', done), changed > 0 ? operation_id : undefined);
        if (refused_count > 0) {
          const reason = Object.values((refused[0]?.errors ?? {}) as Record<string, string[]>).flat()[0];
          const told = t('common.bulk.refused', { count: refused_count, noun: noun(refused_count) });
          showRefusal(reason ? `${told} ${reason}` : told);
        }
      },
      onError: (error) => {
        const complaint = error instanceof ApiError ? Object.values(error.errors).flat()[0] : undefined;
        showRefusal(complaint ?? textOf(error));
      },
    });
  };
  const run = (action: BulkAction) => perform((whom) => changeMany(kind, { ...whom, ...action }));
  const shared = { loading: bulk.isPending, onClose: close, onRun: run };
  const label = t('common.selection.count', said);

  useCommands(label, [
    ...(may.write && owner
      ? [{ id: 'bulk.assign', label: t('common.bulk.assign'), icon: IconUserShare, run: () => setOpen('owner') }]
      : []),
    ...(may.write
      ? [{ id: 'bulk.edit', label: t('common.bulk.edit'), icon: IconPencil, run: () => setOpen('edit') }]
      : []),
    ...(may.delete ? [{ id: 'bulk.delete', label: t('common.bulk.delete'), icon: IconTrash, run: deletion.open }] : []),
  ]);

  return (
    <section className={classes.bar} aria-label={t('common.selection.bar')} aria-busy={bulk.isPending}>
      <span className={classes.count} aria-live="polite">
        {bulk.isPending ? t('common.bulk.running', said) : label}
      </span>
      {ids && total > ids.length && (
        <Button variant="subtle" disabled={bulk.isPending} onClick={selection.selectAll}>
          {t('common.selection.all', { number: totalText })}
        </Button>
      )}
      {may.write && owner && (
        <BulkEdit
          opened={open === 'owner'}
          onToggle={() => toggle('owner')}
          label={t('common.bulk.assign')}
          icon={<IconUserShare size={15} aria-hidden />}
          fields={[owner]}
          {...shared}
        />
      )}
      {may.write && (
        <BulkEdit
          opened={open === 'edit'}
          onToggle={() => toggle('edit')}
          label={t('common.bulk.edit')}
          icon={<IconPencil size={15} aria-hidden />}
          fields={fields.list.filter(
            (field) =>
              field.is_writable && listing.isForMany(field) && (field.kind !== 'reference' || field.choices.length > 0),
          )}
          {...shared}
        />
      )}
      {Bulk && (
        <Bulk
          run={run}
          perform={perform}
          isPending={bulk.isPending}
          open={open}
          toggle={toggle}
          close={close}
          ids={ids}
          label={label}
        />
      )}
      {may.delete && (
        <Button
          variant="default"
          leftSection={<IconTrash size={15} aria-hidden />}
          loading={bulk.isPending}
          onClick={deletion.open}
        >
          {t('common.bulk.delete')}
        </Button>
      )}
      <ActionIcon aria-label={t('common.selection.clear')} onClick={selection.clear}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
      <ConfirmDialog
        opened={deleting}
        title={t('common.bulk.delete_title', said)}
        text={t('common.bulk.delete_text')}
        confirm={t('common.bulk.delete')}
        onConfirm={() => run({ action: 'delete' })}
        onClose={deletion.close}
      />
    </section>
  );
}
