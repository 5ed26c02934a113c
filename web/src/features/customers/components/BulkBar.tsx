import { ActionIcon, Button, Popover, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTag, IconTrash, IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bulk } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useErrorText } from '@/ui/error-text';
import { criteriaOf } from '@/ui/filters/criteria';
import type { Filter, FilterField } from '@/ui/filters/filter';
import type { SelectionState } from '@/ui/record-table/selection';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useBulk } from '../queries';
import classes from './BulkBar.module.css';

/** What can be done with the selected customers. */
export function BulkBar({
  selection,
  loaded,
  first,
  search,
  filters,
  fields,
}: {
  selection: SelectionState;
  loaded: number;
  first: { count: number; count_is_capped: boolean } | undefined;
  search: string;
  filters: Filter[];
  fields: FilterField[];
}) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const bulk = useBulk();
  const [deleting, deletion] = useDisclosure();
  const total = first?.count ?? loaded;
  const totalText = formatCount(total, i18n.language) + (first?.count_is_capped ? '+' : '');
  const count = selection.value.all ? total : selection.value.ids.size;
  const countText = selection.value.all ? totalText : formatCount(count, i18n.language);

  const run = (action: Pick<Bulk, 'action' | 'tags'>) => {
    const whom = selection.value.all
      ? { criteria: criteriaOf(filters, fields), search: search || undefined }
      : { ids: [...selection.value.ids] };
    bulk.mutate(
      { ...whom, ...action },
      {
        onSuccess: ({ changed, refused_count, operation_id }) => {
          selection.clear();
          showUndo(
            t('customers.bulk.done', { count: changed, number: formatCount(changed, i18n.language) }),
            operation_id,
          );
          if (refused_count > 0) showRefusal(t('customers.bulk.refused', { count: refused_count }));
        },
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  return (
    <section className={classes.bar} aria-label={t('common.selection.bar')}>
      <span className={classes.count} aria-live="polite">
        {t('common.selection.count', { count, number: countText })}
      </span>
      {!selection.value.all && total > selection.value.ids.size && (
        <Button variant="subtle" onClick={selection.selectAll}>
          {t('common.selection.all', { number: totalText })}
        </Button>
      )}
      <TagPopover loading={bulk.isPending} onTag={(tags) => run({ action: 'tag', tags })} />
      <Button
        variant="default"
        leftSection={<IconTrash size={15} aria-hidden />}
        loading={bulk.isPending}
        onClick={deletion.open}
      >
        {t('customers.delete')}
      </Button>
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

function TagPopover({ loading, onTag }: { loading: boolean; onTag: (tags: string[]) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [tags, setTags] = useState<string[]>([]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tags.length === 0) return;
    setOpen(false);
    onTag(tags);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="top" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconTag size={15} aria-hidden />}
          loading={loading}
          onClick={() => setOpen(!open)}
        >
          {t('customers.bulk.tag')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('customers.bulk.tag')}>
        <form className={classes.form} onSubmit={submit}>
          <TagsInput
            label={t('customers.bulk.tags')}
            description={t('common.filter.several')}
            value={tags}
            onChange={setTags}
            acceptValueOnBlur
            comboboxProps={{ withinPortal: false }}
            data-autofocus
          />
          <Button type="submit" disabled={tags.length === 0}>
            {t('customers.bulk.tag')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
