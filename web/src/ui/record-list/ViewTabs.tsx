import { Button, Menu } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconChevronDown,
  IconCopyPlus,
  IconHome,
  IconHomeOff,
  IconLink,
  IconPencil,
  IconTrash,
  IconUsersGroup,
  IconWorld,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordKind } from '@/api/records';
import { ConfirmDialog } from '../ConfirmDialog';
import { useErrorText } from '../error-text';
import { showNote, showRefusal, showUndo } from '../toasts';
import type { ListState } from './list-state';
import { type Preset, presetOf } from './listing';
import { ViewDrawer } from './ViewDrawer';
import classes from './ViewTabs.module.css';
import { inOrder, shifted, tabsQuery, useSetTabs } from './view-tabs';
import { useChangeView, useDeleteView, type View } from './views';

/** The server keeps no more. */
const MOST_KEPT = 50;

type Open = 'new' | 'rename' | 'delete';

/** The saved views as tabs in the user's order (Alt and an arrow move one); what differs from the view is saved or given up here. */
export function ViewTabs({
  kind,
  presets = [],
  params,
  views,
  view,
  state,
  isChanged,
  isAsking,
  onView,
}: {
  kind: RecordKind;
  presets?: Preset[] | undefined;
  /** What the address asks for. */
  params: Record<string, string>;
  views: View[];
  view: View | undefined;
  state: ListState;
  /** Does the list differ from the view? */
  isChanged: boolean;
  /** Without a view: is there something worth saving? */
  isAsking: boolean;
  /** Goes to a view as it is saved; to the whole list without one. */
  onView: (id: number | undefined) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangeView();
  const remove = useDeleteView();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const { data: tabs } = useQuery(tabsQuery(kind));
  const setTabs = useSetTabs(kind);
  const sorted = inOrder(views, tabs?.ids ?? []);
  const ids = sorted.map(({ id }) => id);
  const [moved, setMoved] = useState('');
  const keep = (next: number[], default_id: number | null = tabs?.default_id ?? null) =>
    setTabs.mutate({ ids: next.slice(0, MOST_KEPT), default_id }, { onError: (error) => showRefusal(textOf(error)) });
  const move = (one: View, by: -1 | 1) => {
    const next = shifted(ids, one.id, by);
    if (next === ids) return;
    keep(next);
    setMoved(t('common.views.moved', { name: one.name, place: next.indexOf(one.id) + 1, count: next.length }));
  };
  const isDefault = view !== undefined && tabs?.default_id === view.id;
  const setDefault = () => {
    if (!view) return;
    // Among those that are kept.
    keep(ids.indexOf(view.id) < MOST_KEPT ? ids : [view.id, ...ids], isDefault ? null : view.id);
  };
  const preset = presetOf(presets, params);
  const list = useRef<HTMLUListElement>(null);
  const chosen = view?.id;
  useEffect(() => {
    list.current?.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);

  const save = () => {
    if (!view) return;
    const { criteria, ordering, columns } = state;
    change.mutate(
      { id: view.id, changes: { criteria: criteria as Record<string, unknown>, ordering, columns } },
      {
        onSuccess: ({ operation }) => {
          showUndo(t('common.views.saved', { name: view.name }), operation);
          onView(view.id);
        },
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  };
  const erase = () => {
    if (!view) return;
    remove.mutate(view, {
      onSuccess: (operation) => {
        showUndo(t('common.views.deleted', { name: view.name }), operation);
        onView(undefined);
      },
      onError: (error) => showRefusal(textOf(error)),
    });
  };
  const copyLink = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      showNote(t('common.views.copied'));
    } catch {
      // Without HTTPS the browser gives no clipboard; the address bar has the same link.
      showRefusal(t('common.views.not_copied'));
    }
  };

  return (
    <div className={classes.bar}>
      <nav aria-label={t('common.views.title')} className={classes.nav}>
        <ul ref={list} className={classes.tabs}>
          {presets.map(({ id, label, params: asked }) => (
            <Tab key={id} params={asked} chosen={id === preset?.id} label={label} />
          ))}
          <Tab params={{}} chosen={view === undefined && preset === undefined} label={t('common.views.all')} />
          {sorted.map((one) => (
            <Tab
              key={one.id}
              view={one}
              params={{ view: String(one.id) }}
              chosen={one.id === chosen}
              label={one.name}
              onMove={(by) => move(one, by)}
            />
          ))}
        </ul>
      </nav>
      {view && isChanged && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame
        <div className={classes.pill} role="group" aria-label={t('common.views.changed')}>
          <span className={classes.changed}>{t('common.views.changed')}</span>
          {view.is_editable && (
            <Button variant="subtle" loading={change.isPending} onClick={save}>
              {t('common.save')}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => onView(view.id)}>
            {t('common.views.discard')}
          </Button>
        </div>
      )}
      {(view || isAsking) && (
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <Button
              variant="subtle"
              color="gray"
              rightSection={<IconChevronDown size={13} aria-hidden />}
              className={classes.more}
            >
              {t('common.views.menu')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconCopyPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>
              {t('common.views.save_as')}
            </Menu.Item>
            <Menu.Item leftSection={<IconLink size={15} aria-hidden />} onClick={copyLink}>
              {t('common.views.copy')}
            </Menu.Item>
            {view && tabs && (
              <>
                <Menu.Divider />
                <Menu.Item
                  leftSection={<IconArrowLeft size={15} aria-hidden />}
                  disabled={ids[0] === view.id}
                  onClick={() => move(view, -1)}
                >
                  {t('common.views.left')}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowRight size={15} aria-hidden />}
                  disabled={ids.at(-1) === view.id}
                  onClick={() => move(view, 1)}
                >
                  {t('common.views.right')}
                </Menu.Item>
                <Menu.Item
                  leftSection={isDefault ? <IconHomeOff size={15} aria-hidden /> : <IconHome size={15} aria-hidden />}
                  onClick={setDefault}
                >
                  {t(isDefault ? 'common.views.no_default' : 'common.views.default')}
                </Menu.Item>
                <Menu.Divider />
              </>
            )}
            {view?.is_editable && (
              <>
                <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setOpen('rename')}>
                  {t('common.views.rename')}
                </Menu.Item>
                <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setOpen('delete')}>
                  {t('common.views.delete')}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <span className="visually-hidden" aria-live="polite">
        {moved}
      </span>
      <ViewDrawer
        kind={kind}
        opened={open === 'new' || open === 'rename'}
        view={open === 'rename' ? view : undefined}
        state={state}
        onClose={close}
        onSaved={(id) => {
          close();
          onView(id);
        }}
        onRenamed={close}
      />
      <ConfirmDialog
        opened={open === 'delete'}
        title={t('common.views.delete_title', { name: view?.name })}
        text={t('common.views.delete_text')}
        confirm={t('common.views.delete_now')}
        onConfirm={erase}
        onClose={close}
      />
    </div>
  );
}

function Tab({
  view,
  params,
  chosen,
  label,
  onMove,
}: {
  view?: View;
  params: Record<string, string>;
  chosen: boolean;
  label: string;
  onMove?: (by: -1 | 1) => void;
}) {
  const { t } = useTranslation();
  const Icon = view?.sharing === 'team' ? IconUsersGroup : view?.sharing === 'everyone' ? IconWorld : undefined;
  return (
    <li>
      <Link
        to="."
        search={params}
        activeOptions={{ exact: true }}
        preload={false}
        className={classes.tab}
        aria-current={chosen ? 'page' : undefined}
        data-chosen={chosen || undefined}
        aria-keyshortcuts={onMove && 'Alt+ArrowLeft Alt+ArrowRight'}
        onKeyDown={(event: KeyboardEvent) => {
          if (!onMove || !event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
          event.preventDefault();
          onMove(event.key === 'ArrowLeft' ? -1 : 1);
        }}
        title={
          view && view.sharing !== 'private'
            ? t(`common.views.of_${view.sharing}`, { name: view.owner_name ?? '' })
            : undefined
        }
      >
        {Icon && <Icon size={14} aria-hidden />}
        {label}
      </Link>
    </li>
  );
}
