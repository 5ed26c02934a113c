import { ActionIcon, Alert, Button, Textarea } from '@mantine/core';
import {
  IconArrowBackUp,
  IconHistory,
  IconNote,
  IconPencil,
  IconPlus,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { useMe } from '@/api/session';
import type { Opportunity, Stage } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { FactValue } from '@/ui/facts/FactValue';
import { isEmptyFact } from '@/ui/facts/fact';
import { factKind } from '@/ui/facts/record-fact';
import { PagePart } from '@/ui/page/Page';
import { Timeline, type TimelineEntry } from '@/ui/timeline/Timeline';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useDraft } from '@/ui/use-draft';
import { useLanguage } from '@/ui/use-language';
import type { RecordEntry } from '../parts';
import { timelineQuery, useAddNote, useDeleteNote } from '../record-queries';
import { daysBetween, staysOf } from '../stays';
import classes from './Parts.module.css';

const chips = {
  note: 'note',
  changes: 'opportunity.created,opportunity.updated,opportunity.deleted,opportunity.restored',
} as const;
const icons: [RegExp, TablerIcon][] = [
  [/restored|reverted/, IconArrowBackUp],
  [/^note/, IconNote],
  [/created$/, IconPlus],
  [/deleted$/, IconTrash],
  [/updated$/, IconPencil],
];

/** Which stage an opportunity was in, and for how long. */
export function Stays({ opportunity, stages }: { opportunity: Opportunity; stages: Stage[] }) {
  const { t } = useTranslation();
  const isTurkish = useLanguage() === 'tr';
  const { data } = useInfiniteQuery(timelineQuery(opportunity.id, 'opportunity.updated'));
  const stays = staysOf(opportunity, data?.pages.flatMap((page) => page.results) ?? []);
  const days = stays.map(({ from, until }) => daysBetween(from, until));
  const longest = Math.max(1, ...days);
  if (!data || stays.length === 0) return null;
  return (
    <PagePart id="stays" title={t('opportunities.stays')}>
      <ol className={classes.stays}>
        {stays.map(({ stage: key, from }, place) => {
          const stage = stages.find((one) => one.key === key);
          return (
            <li key={from} className={classes.stay}>
              <span>{stage ? (isTurkish ? stage.name_tr : stage.name_en) : key}</span>
              <span className={classes.bar} style={{ width: `${((days[place] ?? 0) / longest) * 100}%` }} aria-hidden />
              <span>{t('opportunities.figures.days_of', { value: days[place] ?? 0 })}</span>
            </li>
          );
        })}
      </ol>
    </PagePart>
  );
}

/** What happened with an opportunity, and where a note is written. */
export function Story({
  opportunity,
  fields,
  stages,
  readOnly,
}: {
  opportunity: Opportunity;
  fields: Map<string, LocalField>;
  stages: Stage[];
  readOnly: boolean;
}) {
  const { t } = useTranslation();
  const isTurkish = useLanguage() === 'tr';
  const [kind, setKind] = useState('');
  const { data, error, hasNextPage, isFetchingNextPage, isPending, fetchNextPage, refetch } = useInfiniteQuery(
    timelineQuery(opportunity.id, kind),
  );
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const stageName = (key: unknown) => {
    const stage = stages.find((one) => one.key === key);
    return stage ? (isTurkish ? stage.name_tr : stage.name_en) : String(key ?? '');
  };
  const entries = (data?.pages ?? [])
    .flatMap((page) => page.results)
    .map(
      (event): TimelineEntry => ({
        id: event.id,
        at: event.at,
        icon: icons.find(([kind]) => kind.test(event.kind))?.[1] ?? IconHistory,
        title: (
          <>
            <b>{event.actor_name ?? t('opportunities.system')}</b>{' '}
            {t(`opportunities.event.${event.kind.replace('.', '_')}`, { defaultValue: event.kind })}
          </>
        ),
        body: event.note ? (
          <NoteBody id={opportunity.id} event={event} />
        ) : (
          <Changes event={event} fields={fields} stageName={stageName} currency={opportunity.currency} />
        ),
      }),
    );
  return (
    <PagePart id="story" title={t('opportunities.story')}>
      {!readOnly && <Composer id={opportunity.id} />}
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <Timeline
          entries={entries}
          kinds={Object.entries(chips).map(([name, kinds]) => ({
            value: kinds,
            label: t(`opportunities.kind.${name}`),
          }))}
          kind={kind}
          onKind={setKind}
          hasMore={hasNextPage}
          isLoading={isFetchingNextPage || isPending}
          onMore={onMore}
        />
      )}
    </PagePart>
  );
}

function Changes({
  event,
  fields,
  stageName,
  currency,
}: {
  event: RecordEntry;
  fields: Map<string, LocalField>;
  stageName: (key: unknown) => string;
  currency: string;
}) {
  // What follows from others is not told a second time.
  const changes = Object.entries(event.changes as Record<string, unknown>).filter(
    ([name, pair]) => Array.isArray(pair) && (fields.get(name)?.is_writable ?? false),
  ) as [string, unknown[]][];
  if (event.kind !== 'opportunity.updated' || changes.length === 0) return null;
  const shown = (field: LocalField, stored: unknown): ReactNode => {
    if (field.name === 'stage') return stageName(stored);
    const value = field.kind === 'reference' && stored !== null ? String(stored) : stored;
    const fact = {
      name: field.name,
      label: field.label,
      kind: factKind(field),
      value,
      choices: field.choices,
      currency,
    };
    return isEmptyFact(fact) ? '—' : <FactValue fact={fact} />;
  };
  return (
    <ul className={classes.changes}>
      {changes.map(([name, [before, after]]) => {
        const field = fields.get(name) as LocalField;
        return (
          <li key={name}>
            {field.label}: <s>{shown(field, before)}</s> → <b>{shown(field, after)}</b>
          </li>
        );
      })}
    </ul>
  );
}

function NoteBody({ id, event: { note } }: { id: number; event: RecordEntry }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const remove = useDeleteNote(id);
  if (!note) return null;
  return (
    <div className={classes.note}>
      <span>{note.body}</span>
      {note.is_editable && (
        <ActionIcon
          size="sm"
          aria-label={t('opportunities.note.delete')}
          onClick={() =>
            remove.mutate(note.id, {
              onSuccess: (operation) => showUndo(t('opportunities.note.deleted'), operation),
              onError: (error) => showRefusal(textOf(error)),
            })
          }
        >
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}

function Composer({ id }: { id: number }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const add = useAddNote(id);
  const [text, setText] = useDraft(`opportunity-note.${useMe().id}.${id}`);
  const send = () => {
    if (!text.trim() || add.isPending) return;
    add.mutate(
      { body: text, is_pinned: false },
      {
        onSuccess: (operation) => {
          setText('');
          showUndo(t('opportunities.note.saved'), operation);
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        aria-label={t('opportunities.note.write')}
        placeholder={t('opportunities.note.write')}
        autosize
        minRows={text ? 2 : 1}
        maxRows={14}
        mb="xs"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          send();
        }}
        readOnly={add.isPending}
      />
      {add.error && (
        <Alert color="red" variant="light" role="alert" mb="xs">
          {textOf(add.error)}
        </Alert>
      )}
      {text.trim() && (
        <Button type="submit" loading={add.isPending} mb="sm">
          {t('opportunities.note.save')}
        </Button>
      )}
    </form>
  );
}
