import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconBuilding,
  IconSearch,
  IconTargetArrow,
  IconUser,
  IconUserSearch,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { favouritesQuery, type KeptRecord, recentQuery } from '@/api/kept';
import { entityOf, recordKinds } from '@/api/records';
import { useMe } from '@/api/session';
import { type CommandGroup, useAllCommands } from '@/ui/commands/registry';
import { Keys } from '@/ui/shortcuts/Keys';
import { useShellCommands } from '../commands';
import { readsRecords, recordId, recordLink } from '../record-link';
import { fitOf, fitting, type PaletteEntry, type PaletteGroup } from './entries';
import classes from './Palette.module.css';
import { recordsQuery } from './records';

/** Fingers that type fast ask once. Any longer would be felt. */
const REST_MS = 40;
/** Of what was seen last and what is kept at hand. */
const SHOWN = 5;
/** Of each kind of record that was found. */
const FOUND = 7;

function iconOf({ entity, customer_type }: KeptRecord): TablerIcon {
  if (entity === 'lead') return IconUserSearch;
  if (entity === 'opportunity') return IconTargetArrow;
  return customer_type === 'company' ? IconBuilding : IconUser;
}

/**
 * Everything by its name: records, places, what can be done here. A combobox, so that a screen reader tells the chosen line while the
 * cursor stays in the field (Mantine's Spotlight tells nothing, and forgets its choice when an answer comes late).
 */
export default function Palette({
  opened,
  onClose,
  onNewCustomer,
}: {
  opened: boolean;
  onClose: () => void;
  onNewCustomer: () => void;
}) {
  const { t } = useTranslation();
  useShellCommands({ onNewCustomer });
  // A dialog gives the focus back only if it was there before it was opened.
  const [isThere, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  return (
    <Modal.Root
      opened={opened && isThere}
      onClose={onClose}
      size={600}
      yOffset="12dvh"
      transitionProps={{ duration: 80 }}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={t('common.palette.title')}>
        <Modal.Body p={0}>
          <Search onClose={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const groups = usePaletteGroups(typed.trim());
  const entries = useMemo(() => groups.flatMap((group) => group.entries), [groups]);
  const [chosenId, setChosenId] = useState<string>();
  const place = Math.max(
    0,
    entries.findIndex(({ id }) => id === chosenId),
  );
  const chosen = entries[place];
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const idOf = (entry: PaletteEntry) => `${listId}-${entry.id}`;

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [place]);

  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onClose();
    // When the dialog has given the focus back, so that what opens next can take it.
    setTimeout(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 7, PageUp: -7 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next =
        Math.abs(step) === 1
          ? (place + step + entries.length) % entries.length
          : Math.max(0, Math.min(entries.length - 1, place + step));
      setChosenId(entries[next]?.id);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  };

  return (
    <>
      <div className={classes.field}>
        <IconSearch size={17} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-label={t('common.palette.title')}
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={chosen && idOf(chosen)}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={t('common.palette.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setChosenId(undefined);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={listId} role="listbox" aria-label={t('common.palette.results')} className={classes.list}>
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
          <div key={group.name} role="group" aria-label={group.name}>
            <div className={classes.heading} aria-hidden>
              {group.name}
            </div>
            {group.entries.map((entry) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
              <div
                key={entry.id}
                id={idOf(entry)}
                role="option"
                aria-selected={entry === chosen}
                className={classes.entry}
                onPointerMove={() => entry !== chosen && setChosenId(entry.id)}
                onClick={() => run(entry)}
              >
                <span className={classes.icon}>{entry.icon}</span>
                <span className={classes.label}>{entry.label}</span>
                {entry.hint && <span className={classes.hint}>{entry.hint}</span>}
                {entry.keys && <Keys keys={entry.keys} />}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p className={classes.none} role="status" hidden={entries.length > 0}>
        {entries.length === 0 && t('common.nothing_found')}
      </p>
    </>
  );
}

function usePaletteGroups(typed: string): PaletteGroup[] {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const commands = useAllCommands();
  const [asked] = useDebouncedValue(typed, REST_MS);
  const mayRead = readsRecords(me);
  const records = useQuery({ ...recordsQuery(asked), enabled: asked !== '' && mayRead });
  const isBehind = records.isPlaceholderData || asked !== typed;
  const found = useMemo(
    // What an earlier word found is not what Enter means.
    () =>
      isBehind
        ? records.data?.filter((one) => fitOf({ label: one.name, words: one.subtitle }, typed) > 0)
        : records.data,
    [isBehind, records.data, typed],
  );
  const { data: favourites } = useQuery({ ...favouritesQuery, enabled: mayRead });
  const { data: recent } = useQuery({ ...recentQuery, enabled: mayRead });

  return useMemo(() => {
    const shown = (groups: CommandGroup[]): PaletteGroup[] =>
      groups.map(({ name, commands }) => ({
        name,
        entries: commands.map(({ icon: Icon, ...command }) => ({
          ...command,
          icon: Icon && <Icon size={16} stroke={1.7} aria-hidden />,
        })),
      }));
    const record = (group: string, one: KeptRecord): PaletteEntry => {
      const Icon = iconOf(one);
      return {
        id: `${group}.${recordId(one)}`,
        label: one.name,
        hint: one.subtitle,
        icon: <Icon size={16} stroke={1.7} aria-hidden />,
        run: () => navigate(recordLink(one)),
      };
    };
    const of = (name: string, list: KeptRecord[] | undefined): PaletteGroup[] =>
      list?.length ? [{ name, entries: list.map((one) => record(name, one)) }] : [];

    if (typed === '') {
      const kept = new Set(favourites?.map(recordId));
      const more = recent?.filter((one) => !kept.has(recordId(one)));
      return [
        ...of(t('common.palette.recent'), more?.slice(0, SHOWN)),
        ...of(t('common.palette.favourites'), favourites?.slice(0, SHOWN)),
        ...shown(commands),
      ];
    }
    const ofKinds = recordKinds.flatMap((kind) =>
      of(t(`common.nav.${kind}`), found?.filter(({ entity }) => entity === entityOf[kind]).slice(0, FOUND)),
    );
    const { meant, others } = fitting(commands, typed);
    return [...shown(meant), ...ofKinds, ...shown(others)];
  }, [typed, found, favourites, recent, commands, navigate, t]);
}
