import { IconNote, IconPencil } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
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
import { CustomerHead } from '../components/CustomerHead';
import { History } from '../components/History';
import { Sections } from '../components/Sections';
import { factGroups } from '../facts';
import { customerQuery, useChangeCustomer } from '../queries';
import { useNoteActions } from '../record-queries';

/** Everything about one customer: facts to edit in place, what happened, what hangs on it. */
export function CustomerPage({
  id,
  tab = 'facts',
  onTab,
  actions,
  aside,
}: {
  id: number;
  tab?: RecordTab;
  onTab: (tab: RecordTab) => void;
  /** What else can be done with a customer, by other features. */
  actions?: ReactNode;
  /** What other features say of a customer, given the name. */
  aside?: (name: string) => ReactNode;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useSuspenseQuery(customerQuery(id));
  const { profile: customer } = data;
  const { list: fields, byName } = useCustomerFields();
  const groups = useMemo(() => factGroups(customer, fields, t), [customer, fields, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(useChangeCustomer(id).mutateAsync, byName);
  const [isEditing, setEditing] = useState(false);
  const notes = useNoteActions(id);
  const mayWrite = may(me, 'customer.write');
  const page = useRef<HTMLDivElement>(null);
  const reach = useReach(page, tab, onTab);
  useCommands(
    customer.name,
    mayWrite
      ? [
          {
            id: 'customer.edit',
            label: t('customers.edit'),
            icon: IconPencil,
            run: () => reach('facts', 'dd button', (button) => button.click()),
          },
          {
            id: 'customer.note',
            label: t('common.note.write'),
            icon: IconNote,
            run: () => reach('history', 'textarea', (text) => text.focus()),
          },
        ]
      : [],
  );

  return (
    <>
      <RecordPage
        page={page}
        tab={tab}
        onTab={onTab}
        onEditing={setEditing}
        head={<CustomerHead data={data} isEditing={isEditing} actions={actions} />}
        facts={<FactList groups={groups} onSave={save} readOnly={!mayWrite} />}
        history={
          <>
            {mayWrite && <NoteComposer draft={`note.${me.id}.${id}`} onAdd={notes.add} />}
            <PinnedNotes notes={data.notes.results.filter(({ is_pinned }) => is_pinned)} actions={notes} />
            <History id={id} first={data.timeline} />
          </>
        }
        side={
          <>
            {aside?.(customer.name)}
            <Sections id={id} data={data} mayWrite={mayWrite} />
          </>
        }
        sideTitle={t('customers.links')}
      />
      <ConflictDialog conflicts={conflicts} fields={byName} onResolve={resolve} onClose={giveUp} />
    </>
  );
}
