import {
  IconArrowsExchange,
  IconCheck,
  IconNote,
  IconPencil,
  IconPlus,
  IconTrashX,
  IconUserPlus,
  IconX,
} from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { noteActionsOf, pinnedNotesQuery } from '@/api/record-activity';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useCommands } from '@/ui/commands/registry';
import { FactList } from '@/ui/facts/FactList';
import { useSaving } from '@/ui/facts/use-saving';
import { NoteComposer } from '@/ui/notes/NoteComposer';
import { PinnedNotes } from '@/ui/notes/PinnedNotes';
import { RecordPage } from '@/ui/record-page/RecordPage';
import type { RecordTab } from '@/ui/record-page/tabs';
import { useReach } from '@/ui/record-page/use-reach';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { AssignmentPanel } from '../components/AssignmentPanel';
import { BantPanel } from '../components/BantPanel';
import { ConsentsPanel } from '../components/ConsentsPanel';
import { DuplicatesPanel } from '../components/DuplicatesPanel';
import { LeadHead } from '../components/LeadHead';
import { LeadHistory } from '../components/LeadHistory';
import { NewLeadDrawer } from '../components/NewLeadDrawer';
import { ScorePanel } from '../components/ScorePanel';
import { SubmissionsPanel } from '../components/SubmissionsPanel';
import { TouchesPanel } from '../components/TouchesPanel';
import { useLeadCommands } from '../components/use-lead-commands';
import { factGroups } from '../facts';
import { leadQuery, useChangeLead } from '../queries';
import { titleOf } from '../title';

/** Everything about one lead: facts, what happened, and what speaks for it. */
export function LeadPage({
  id,
  tab = 'facts',
  onTab,
  aside,
}: {
  id: number;
  tab?: RecordTab;
  onTab: (tab: RecordTab) => void;
  /** What other parts of the product say of the lead. */
  aside?: ReactNode;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const { data: lead } = useSuspenseQuery(leadQuery(id));
  const { data: pinned = [] } = useQuery(pinnedNotesQuery('leads', id));
  const { list: fields, byName } = useRecordFields('leads');
  const groups = useMemo(() => factGroups(lead, fields, t), [lead, fields, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(useChangeLead(id).mutateAsync, byName);
  const notes = useMemo(() => noteActionsOf(client, 'leads', id), [client, id]);
  const commands = useLeadCommands();
  const [isEditing, setEditing] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const reach = useReach(page, tab, onTab);

  const mayWrite = may(me, 'lead.write');
  const isOpen = lead.status !== 'converted';
  const isConvertible = isOpen && lead.status !== 'disqualified' && may(me, 'lead.convert');
  const doing = [
    ...(mayWrite && isOpen
      ? [
          {
            id: 'lead.qualify',
            keys: 'q',
            label: t('leads.qualify.do'),
            icon: IconCheck,
            run: () => commands.move(lead, 'qualified'),
          },
          {
            id: 'lead.assign',
            keys: 'a',
            label: t('leads.assign.do'),
            icon: IconUserPlus,
            run: () => commands.assign(lead),
          },
          {
            id: 'lead.junk',
            keys: '!',
            label: t('leads.disqualify.junk'),
            icon: IconTrashX,
            run: () => commands.junk(lead),
          },
          {
            id: 'lead.disqualify',
            keys: 'd',
            label: t('leads.disqualify.do'),
            icon: IconX,
            run: () => commands.move(lead, 'disqualified'),
          },
        ]
      : []),
    ...(isConvertible
      ? [
          {
            id: 'lead.convert',
            keys: 'c',
            label: t('leads.convert.do'),
            icon: IconArrowsExchange,
            run: () => commands.convert(lead),
          },
        ]
      : []),
    ...(mayWrite
      ? [
          {
            id: 'lead.note',
            keys: 'w',
            label: t('common.note.write'),
            icon: IconNote,
            run: () => reach('history', 'textarea', (text) => text.focus()),
          },
          {
            id: 'lead.edit',
            keys: 'e',
            label: t('leads.edit'),
            icon: IconPencil,
            run: () => reach('facts', 'dd button', (button) => button.click()),
          },
        ]
      : []),
  ];
  useCommands(titleOf(lead), [
    ...doing,
    ...(mayWrite ? [{ id: 'lead.new', label: t('leads.new'), icon: IconPlus, run: () => setAdding(true) }] : []),
  ]);
  useShortcuts(
    t('leads.shortcuts'),
    doing.map(({ keys, label, run }) => ({ keys, label, run })),
  );

  return (
    <>
      <RecordPage
        page={page}
        tab={tab}
        onTab={onTab}
        onEditing={setEditing}
        head={<LeadHead lead={lead} commands={commands} isEditing={isEditing} />}
        facts={<FactList groups={groups} onSave={save} readOnly={!mayWrite} />}
        history={
          <>
            {mayWrite && <NoteComposer draft={`lead-note.${me.id}.${id}`} onAdd={notes.add} />}
            <PinnedNotes notes={pinned} actions={notes} />
            <LeadHistory id={id} actions={notes} />
          </>
        }
        side={
          <>
            {aside}
            <BantPanel id={id} readOnly={!mayWrite} />
            <ScorePanel id={id} />
            <DuplicatesPanel lead={lead} />
            <TouchesPanel id={id} readOnly={!mayWrite} />
            <SubmissionsPanel id={id} />
            <ConsentsPanel id={id} readOnly={!mayWrite || !isOpen} />
            <AssignmentPanel id={id} />
          </>
        }
        sideTitle={t('leads.assessment')}
      />
      {commands.dialogs}
      <NewLeadDrawer opened={isAdding} onClose={() => setAdding(false)} />
      <ConflictDialog conflicts={conflicts} fields={byName} onResolve={resolve} onClose={giveUp} />
    </>
  );
}
