import { IconChevronLeft, IconMessage, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { noteActionsOf, pinnedNotesQuery } from '@/api/record-activity';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { FactList } from '@/ui/facts/FactList';
import { useSaving } from '@/ui/facts/use-saving';
import { NoteComposer } from '@/ui/notes/NoteComposer';
import { PinnedNotes } from '@/ui/notes/PinnedNotes';
import { PersonBadge } from '@/ui/PersonBadge';
import { Favourite } from '@/ui/record-page/Favourite';
import { Here } from '@/ui/record-page/Here';
import { MoreMenu } from '@/ui/record-page/MoreMenu';
import { RecordHead } from '@/ui/record-page/RecordHead';
import { RecordPage } from '@/ui/record-page/RecordPage';
import type { RecordTab } from '@/ui/record-page/tabs';
import { useDeletion } from '@/ui/record-page/use-deletion';
import { When } from '@/ui/When';
import { CommunicationHistory } from '../components/CommunicationHistory';
import { CommunicationStatus } from '../components/CommunicationStatus';
import { Way } from '../components/Way';
import { With } from '../components/With';
import { factGroups } from '../facts';
import { communicationQuery, useChangeCommunication } from '../queries';
import { titleOf, wayIcons } from '../ways';

/** One communication: what was said, with whom, and what became of it. */
export function CommunicationPage({
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
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: communication } = useSuspenseQuery(communicationQuery(id));
  const { data: pinned = [] } = useQuery(pinnedNotesQuery('communications', id));
  const notes = useMemo(() => noteActionsOf(client, 'communications', id), [client, id]);
  const { list: fields, byName } = useRecordFields('communications');
  const groups = useMemo(() => factGroups(communication, fields, t), [communication, fields, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(useChangeCommunication(id).mutateAsync, byName);
  const [isEditing, setEditing] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const mayWrite = may(me, 'communication.write');
  const name = titleOf(communication);
  const deletion = useDeletion({
    kind: 'communications',
    id,
    name,
    onGone: () => void navigate({ to: '/communications' }),
  });
  const said = {
    name: 'said',
    label: t('communications.said'),
    facts: (['subject', 'content'] as const).map((name) => ({
      name,
      label: byName.get(name)?.label ?? name,
      kind: name === 'content' ? ('long-text' as const) : ('text' as const),
      value: communication[name],
      choices: [],
    })),
  };
  return (
    <>
      <RecordPage
        page={page}
        tab={tab}
        onTab={onTab}
        onEditing={setEditing}
        head={
          <RecordHead
            back={
              <Link to="/communications">
                <IconChevronLeft size={13} aria-hidden />
                {t('communications.title')}
              </Link>
            }
            present={<Here kind="communications" id={id} isEditing={isEditing} />}
            icon={wayIcons[communication.communication_type] ?? IconMessage}
            title={name}
            star={<Favourite kind="communications" id={id} name={name} />}
            under={
              <>
                <Way communication={communication} />
                <CommunicationStatus status={communication.status} />
                {communication.occurred_at && <When at={communication.occurred_at} style="date-time" />}
                <With communication={communication} />
                {communication.owner_name && <PersonBadge name={communication.owner_name} />}
              </>
            }
            actions={
              may(me, 'communication.delete') && (
                <MoreMenu
                  label={t('communications.more')}
                  actions={[{ id: 'delete', label: deletion.label, icon: IconTrash, run: deletion.ask }]}
                />
              )
            }
          />
        }
        facts={<FactList groups={groups} onSave={save} readOnly={!mayWrite} />}
        history={
          <>
            <FactList groups={[said]} onSave={save} readOnly={!mayWrite} />
            {mayWrite && <NoteComposer draft={`communication-note.${me.id}.${id}`} onAdd={notes.add} />}
            <PinnedNotes notes={pinned} actions={notes} />
            <CommunicationHistory id={id} actions={notes} />
          </>
        }
        historyTitle={t('communications.said')}
      />
      {deletion.dialog}
      <ConflictDialog conflicts={conflicts} fields={byName} onResolve={resolve} onClose={giveUp} />
    </>
  );
}
