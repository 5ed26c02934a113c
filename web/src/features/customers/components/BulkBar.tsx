import { ActionIcon, Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArrowMerge,
  IconCircleCheck,
  IconCircleOff,
  IconDots,
  IconPencil,
  IconTag,
  IconTagOff,
  IconTrash,
  IconUserShare,
  IconX,
} from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { ApiError } from '@/api/error';
import { may, useMe } from '@/api/session';
import type { Bulk } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import type { Criteria } from '@/ui/filters/criteria';
import type { SelectionState } from '@/ui/record-table/selection';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useBulk } from '../table-queries';
import classes from './BulkBar.module.css';
import { BulkEdit } from './BulkEdit';
import { BulkTags } from './BulkTags';

/** What a bulk action does, without to whom. */
export type BulkAction = Pick<Bulk, 'action' | 'tags' | 'changes'>;

/** The server merges no more at once. */
const MOST_MERGED = 5;

type Open = 'tag' | 'untag' | 'edit' | 'owner';

/** What can be done with the selected customers, or with all that the list finds. */
export function BulkBar({
  selection,
  loaded,
  first,
  search,
  criteria,
  fields,
}: {
  selection: SelectionState;
  loaded: number;
  first: { count: number; count_is_capped: boolean } | undefined;
  search: string;
  criteria: Criteria;
  fields: LocalField[];
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const bulk = useBulk();
  const [open, setOpen] = useState<Open>();
  const [deleting, deletion] = useDisclosure();
  const total = first?.count ?? loaded;
  const totalText = formatCount(total, i18n.language) + (first?.count_is_capped ? '+' : '');
  const count = selection.value.all ? total : selection.value.ids.size;
  const countText = selection.value.all ? totalText : formatCount(count, i18n.language);
  const owner = fields.find(({ name, choices }) => name === 'owner_id' && choices.length > 0);
  const close = () => setOpen(undefined);
  const toggle = (which: Open) => setOpen(open === which ? undefined : which);

  const run = (action: BulkAction) => {
    const whom = selection.value.all
      ? { criteria: criteria as Record<string, unknown>, search: search || undefined }
      : { ids: [...selection.value.ids] };
    bulk.mutate(
      { ...whom, ...action },
      {
        onSuccess: ({ changed, refused_count, refused, operation_id }) => {
          close();
          selection.clear();
          showUndo(
            t('customers.bulk.done', { count: changed, number: formatCount(changed, i18n.language) }),
            changed > 0 ? operation_id : undefined,
          );
          if (refused_count > 0) {
            const reason = Object.values((refused[0]?.errors ?? {}) as Record<string, string[]>).flat()[0];
            const told = t('customers.bulk.refused', { count: refused_count });
            showRefusal(reason ? `${told} ${reason}` : told);
          }
        },
        onError: (error) => {
          const complaint = error instanceof ApiError ? Object.values(error.errors).flat()[0] : undefined;
          showRefusal(complaint ?? textOf(error));
        },
      },
    );
  };
  const shared = { loading: bulk.isPending, onClose: close, onRun: run };
  const mayWrite = may(me, 'customer.write');
  const activate = (is_active: boolean) => run({ action: 'update', changes: { is_active } });

  const chosen = selection.value.all ? [] : [...selection.value.ids];
  const mayMerge = may(me, 'customer.merge') && chosen.length >= 2 && chosen.length <= MOST_MERGED;
  const { history } = useRouter();
  const merge = () => history.push(`/customers/merge?ids=${chosen.join()}`);

  useCommands(t('common.selection.count', { count, number: countText }), [
    ...(mayWrite
      ? [
          { id: 'bulk.tag', label: t('customers.bulk.tag'), icon: IconTag, run: () => setOpen('tag') },
          { id: 'bulk.untag', label: t('customers.bulk.untag'), icon: IconTagOff, run: () => setOpen('untag') },
          ...(owner
            ? [
                {
                  id: 'bulk.assign',
                  label: t('customers.bulk.assign'),
                  icon: IconUserShare,
                  run: () => setOpen('owner'),
                },
              ]
            : []),
          { id: 'bulk.edit', label: t('customers.bulk.edit'), icon: IconPencil, run: () => setOpen('edit') },
          { id: 'bulk.on', label: t('customers.bulk.activate'), icon: IconCircleCheck, run: () => activate(true) },
          { id: 'bulk.off', label: t('customers.bulk.deactivate'), icon: IconCircleOff, run: () => activate(false) },
        ]
      : []),
    ...(mayMerge ? [{ id: 'bulk.merge', label: t('customers.merge.action'), icon: IconArrowMerge, run: merge }] : []),
    ...(may(me, 'customer.delete')
      ? [{ id: 'bulk.delete', label: t('customers.delete'), icon: IconTrash, run: deletion.open }]
      : []),
  ]);

  return (
    <section className={classes.bar} aria-label={t('common.selection.bar')} aria-busy={bulk.isPending}>
      <span className={classes.count} aria-live="polite">
        {bulk.isPending
          ? t('customers.bulk.running', { count, number: countText })
          : t('common.selection.count', { count, number: countText })}
      </span>
      {!selection.value.all && total > selection.value.ids.size && (
        <Button variant="subtle" disabled={bulk.isPending} onClick={selection.selectAll}>
          {t('common.selection.all', { number: totalText })}
        </Button>
      )}
      {mayWrite && (
        <>
          <BulkTags
            opened={open === 'tag'}
            onToggle={() => toggle('tag')}
            action="tag"
            icon={<IconTag size={15} aria-hidden />}
            {...shared}
          />
          {owner && (
            <BulkEdit
              opened={open === 'owner'}
              onToggle={() => toggle('owner')}
              label={t('customers.bulk.assign')}
              icon={<IconUserShare size={15} aria-hidden />}
              fields={[owner]}
              {...shared}
            />
          )}
          <BulkEdit
            opened={open === 'edit'}
            onToggle={() => toggle('edit')}
            label={t('customers.bulk.edit')}
            icon={<IconPencil size={15} aria-hidden />}
            fields={fields.filter(isForMany)}
            {...shared}
          />
          <BulkTags
            opened={open === 'untag'}
            onToggle={() => toggle('untag')}
            action="untag"
            icon={<IconTagOff size={15} aria-hidden />}
            {...shared}
          />
        </>
      )}
      {mayMerge && (
        <Button
          variant="default"
          leftSection={<IconArrowMerge size={15} aria-hidden />}
          disabled={bulk.isPending}
          onClick={merge}
        >
          {t('customers.merge.action')}
        </Button>
      )}
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} loading={bulk.isPending} aria-label={t('customers.more_actions')}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may(me, 'customer.write') && (
            <>
              <Menu.Item leftSection={<IconCircleCheck size={15} aria-hidden />} onClick={() => activate(true)}>
                {t('customers.bulk.activate')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCircleOff size={15} aria-hidden />} onClick={() => activate(false)}>
                {t('customers.bulk.deactivate')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {may(me, 'customer.delete') && (
        <Button
          variant="default"
          leftSection={<IconTrash size={15} aria-hidden />}
          loading={bulk.isPending}
          onClick={deletion.open}
        >
          {t('customers.delete')}
        </Button>
      )}
      <ActionIcon aria-label={t('common.selection.clear')} onClick={selection.clear}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
      <ConfirmDialog
        opened={deleting}
        title={t('customers.bulk.delete_title', { count, number: countText })}
        text={t('customers.delete_text')}
        confirm={t('customers.delete')}
        onConfirm={() => run({ action: 'delete' })}
        onClose={deletion.close}
      />
    </section>
  );
}

/** What tells one customer from another is not given to many; tags have actions of their own. */
const ofOne = new Set([
  'customer_code',
  'customer_type',
  'first_name',
  'last_name',
  'company_name',
  'tax_number',
  'identity_number',
  'primary_email',
  'secondary_email',
  'primary_phone',
  'secondary_phone',
  'tags',
]);
const isForMany = (field: LocalField) =>
  field.is_writable && !ofOne.has(field.name) && (field.kind !== 'reference' || field.choices.length > 0);
