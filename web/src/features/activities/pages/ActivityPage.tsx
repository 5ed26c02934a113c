import { IconCheck, IconNote, IconPencil } from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
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
import { ActivityHead } from '../components/ActivityHead';
import { ActivityHistory } from '../components/ActivityHistory';
import { ChecklistPanel } from '../components/ChecklistPanel';
import { RemindersPanel } from '../components/RemindersPanel';
import { SeriesPanel } from '../components/SeriesPanel';
import { TimesPanel } from '../components/TimesPanel';
import { useActivityCommands } from '../components/use-activity-commands';
import { isClosed } from '../due';
import { factGroups, storedFact } from '../facts';
import { activityQuery, useChangeActivity } from '../queries';
import { useActivityTypes } from '../types';

/** Everything about one activity: what and when, what happened, what is to be ticked off, how long it took. */
export function ActivityPage({
  id,
  tab = 'facts',
  onTab,
}: {
  id: number;
  tab?: RecordTab;
  onTab: (tab: RecordTab) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const { data: activity } = useSuspenseQuery(activityQuery(id));
  const { data: pinned = [] } = useQuery(pinnedNotesQuery('activities', id));
  const { list: fields, byName } = useRecordFields('activities');
  const types = useActivityTypes().choices(activity.activity_type);
  const groups = useMemo(() => factGroups(activity, fields, types, t), [activity, fields, types, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(useChangeActivity(id).mutateAsync, byName);
  const notes = useMemo(() => noteActionsOf(client, 'activities', id), [client, id]);
  const commands = useActivityCommands();
  const [isEditing, setEditing] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const reach = useReach(page, tab, onTab);
  const mayWrite = may(me, 'activity.write');
  const doing = mayWrite
    ? [
        ...(isClosed(activity)
          ? []
          : [
              {
                id: 'activity.complete',
                keys: 'c',
                label: t('activities.complete.do'),
                icon: IconCheck,
                run: () => commands.complete(activity),
              },
            ]),
        {
          id: 'activity.note',
          keys: 'w',
          label: t('common.note.write'),
          icon: IconNote,
          run: () => reach('history', 'textarea', (text) => text.focus()),
        },
        {
          id: 'activity.edit',
          keys: 'e',
          label: t('activities.edit'),
          icon: IconPencil,
          run: () => reach('facts', 'dd button', (button) => button.click()),
        },
      ]
    : [];
  useCommands(activity.subject, doing);
  useShortcuts(
    t('activities.shortcuts'),
    doing.map(({ keys, label, run }) => ({ keys, label, run })),
  );

  return (
    <>
      <RecordPage
        page={page}
        tab={tab}
        onTab={onTab}
        onEditing={setEditing}
        head={<ActivityHead activity={activity} commands={commands} isEditing={isEditing} />}
        facts={
          <FactList
            groups={groups}
            onSave={(name, value) => save(name, storedFact(name, value))}
            readOnly={!mayWrite}
          />
        }
        history={
          <>
            {mayWrite && <NoteComposer draft={`activity-note.${me.id}.${id}`} onAdd={notes.add} />}
            <PinnedNotes notes={pinned} actions={notes} />
            <ActivityHistory id={id} actions={notes} />
          </>
        }
        side={
          <>
            <ChecklistPanel id={id} readOnly={!mayWrite} />
            <RemindersPanel activity={activity} />
            <SeriesPanel activity={activity} />
            <TimesPanel id={id} readOnly={!mayWrite} />
          </>
        }
        sideTitle={t('activities.doing')}
      />
      {commands.dialogs}
      <ConflictDialog conflicts={conflicts} fields={byName} onResolve={resolve} onClose={giveUp} />
    </>
  );
}
