import { IconNote, IconPencil } from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { noteActionsOf, pinnedNotesQuery } from '@/api/record-activity';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { RecordEntry, Stage } from '@/api/types';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import { FactList } from '@/ui/facts/FactList';
import { useSaving } from '@/ui/facts/use-saving';
import { NoteComposer } from '@/ui/notes/NoteComposer';
import { PinnedNotes } from '@/ui/notes/PinnedNotes';
import { PagePart } from '@/ui/page/Page';
import { RecordHistory } from '@/ui/record-page/RecordHistory';
import { RecordPage } from '@/ui/record-page/RecordPage';
import type { RecordTab } from '@/ui/record-page/tabs';
import { useReach } from '@/ui/record-page/use-reach';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { activityKinds } from '@/ui/timeline/activity-entry';
import { communicationKinds } from '@/ui/timeline/communication-entry';
import { showRefusal } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { CloseDrawer } from '../components/CloseDrawer';
import { GateDrawer } from '../components/GateDrawer';
import { Lines } from '../components/Lines';
import { OpportunityHead } from '../components/OpportunityHead';
import { Stakeholders } from '../components/Stakeholders';
import { Stays, useStays } from '../components/Stays';
import { Worth } from '../components/Worth';
import { factGroups } from '../facts';
import { opportunityQuery } from '../queries';
import { useChangeOpportunity } from '../record-queries';
import { timelineEntry } from '../timeline-entries';
import { useMoving } from '../use-moving';
import classes from './OpportunityPage.module.css';

/** Chips of the timeline, and the kinds of events each stands for. */
const kinds = {
  note: 'note',
  activity: activityKinds,
  communication: communicationKinds,
  changes: 'opportunity.created,opportunity.updated,opportunity.deleted,opportunity.restored',
} as const;

/** An opportunity: where it stands, what it is worth, what is sold to whom, and what happened. */
export function OpportunityPage({
  id,
  tab = 'facts',
  onTab,
  aside,
}: {
  id: number;
  tab?: RecordTab;
  onTab: (tab: RecordTab) => void;
  /** What other parts of the product say of the opportunity. */
  aside?: ReactNode;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const isTurkish = useLanguage() === 'tr';
  const textOf = useErrorText();
  const isWriter = may(me, 'opportunity.write');
  const { data: opportunity } = useSuspenseQuery(opportunityQuery(id));
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  const { data: pinned = [] } = useQuery(pinnedNotesQuery('opportunities', id));
  const { list, byName } = useRecordFields('opportunities');
  const groups = useMemo(() => factGroups(opportunity, list, t), [opportunity, list, t]);
  const notes = useMemo(() => noteActionsOf(client, 'opportunities', id), [client, id]);
  const { save, write, conflicts, resolve, giveUp } = useSaving(useChangeOpportunity(id).mutateAsync, byName);
  const moving = useMoving();
  const stays = useStays(opportunity) ?? [];
  const [closing, setClosing] = useState<Stage | undefined>();
  const [isEditing, setEditing] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const reach = useReach(page, tab, onTab);

  const stages = useMemo(
    () => pipelines.find((one) => one.id === opportunity.pipeline)?.stages ?? [],
    [pipelines, opportunity.pipeline],
  );
  const current = stages.find((stage) => stage.id === opportunity.stage_id);
  const nameOf = useCallback((stage: Stage) => (isTurkish ? stage.name_tr : stage.name_en), [isTurkish]);
  const go = (to: Stage) => {
    if (!current || to === current) return;
    if (to.outcome === 'open') moving.run({ opportunity, from: current, to });
    else setClosing(to);
  };
  const reopen = () => {
    const open = stages.filter((stage) => stage.outcome === 'open');
    const to = open.find((stage) => stage.key === stays.at(-1)?.stage) ?? open[0];
    if (to) go(to);
  };

  const doing = isWriter
    ? [
        {
          id: 'opportunity.note',
          keys: 'w',
          label: t('common.note.write'),
          icon: IconNote,
          run: () => reach('history', 'textarea', (text) => text.focus()),
        },
        {
          id: 'opportunity.edit',
          keys: 'e',
          label: t('opportunities.edit'),
          icon: IconPencil,
          run: () => reach('facts', 'dd button', (button) => button.click()),
        },
      ]
    : [];
  useCommands(opportunity.name, doing);
  useShortcuts(
    t('opportunities.shortcuts'),
    doing.map(({ keys, label, run }) => ({ keys, label, run })),
  );

  const { currency } = opportunity;
  const entryOf = useCallback(
    (event: RecordEntry) => {
      const stageName = (key: unknown) => {
        const stage = stages.find((one) => one.key === key);
        return stage ? nameOf(stage) : String(key ?? '');
      };
      return timelineEntry(event, { fields: byName, stageName, currency, actions: notes, t });
    },
    [byName, stages, nameOf, currency, notes, t],
  );
  const chips = useMemo(
    () => Object.entries(kinds).map(([name, value]) => ({ value, label: t(`opportunities.kind.${name}`) })),
    [t],
  );

  return (
    <>
      <RecordPage
        page={page}
        tab={tab}
        onTab={onTab}
        onEditing={setEditing}
        head={
          <OpportunityHead
            opportunity={opportunity}
            stages={stages}
            nameOf={nameOf}
            onStage={isWriter ? go : undefined}
            onReopen={reopen}
            isEditing={isEditing}
          >
            <Worth
              opportunity={opportunity}
              fields={byName}
              onChange={
                isWriter ? (changes) => write(changes).catch((error: unknown) => showRefusal(textOf(error))) : undefined
              }
            />
          </OpportunityHead>
        }
        facts={<FactList groups={groups} readOnly={!isWriter} onSave={save} />}
        historyTitle={t('opportunities.story')}
        history={
          <div className={classes.parts}>
            {aside}
            <Lines opportunity={opportunity} readOnly={!isWriter} />
            <Stakeholders opportunity={opportunity} readOnly={!isWriter} />
            <Stays stays={stays} stages={stages} nameOf={nameOf} />
            <PagePart id="story" title={t('common.record.history')}>
              {isWriter && <NoteComposer draft={`opportunity-note.${me.id}.${id}`} onAdd={notes.add} />}
              <PinnedNotes notes={pinned} actions={notes} />
              <RecordHistory kind="opportunities" id={id} chips={chips} entryOf={entryOf} />
            </PagePart>
          </div>
        }
      />
      {moving.asked && (
        <GateDrawer asked={moving.asked} isPending={moving.isPending} onSubmit={moving.run} onClose={moving.giveUp} />
      )}
      {closing && current && (
        <CloseDrawer
          key={closing.id}
          opportunity={opportunity}
          from={current}
          to={closing}
          onClose={() => setClosing(undefined)}
        />
      )}
      <ConflictDialog conflicts={conflicts} fields={byName} onResolve={resolve} onClose={giveUp} />
    </>
  );
}
