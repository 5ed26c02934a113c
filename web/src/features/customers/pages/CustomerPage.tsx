import { SegmentedControl } from '@mantine/core';
import { IconNote, IconPencil } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { type FocusEvent, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LocalField, useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import { formatDate } from '@/lib/dates';
import { formatPhone } from '@/lib/phone';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useCommands } from '@/ui/commands/registry';
import { FactList } from '@/ui/facts/FactList';
import { CustomerHead } from '../components/CustomerHead';
import { History } from '../components/History';
import { NoteComposer } from '../components/NoteComposer';
import { PinnedNotes } from '../components/PinnedNotes';
import { Sections } from '../components/Sections';
import { useSaving } from '../components/use-saving';
import { factGroups } from '../facts';
import { customerQuery } from '../queries';
import classes from './CustomerPage.module.css';

const tabs = ['facts', 'history', 'links'] as const;

/** On a phone, which of the three columns is shown. */
export type CustomerTab = (typeof tabs)[number];

/** Everything about one customer: facts to edit in place, what happened, what hangs on it. */
export function CustomerPage({
  id,
  tab = 'facts',
  onTab,
  actions,
}: {
  id: number;
  tab?: CustomerTab;
  onTab: (tab: CustomerTab) => void;
  /** What else can be done with a customer, by other features. */
  actions?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { data } = useSuspenseQuery(customerQuery(id));
  const { profile: customer } = data;
  const { list: fields, byName } = useCustomerFields();
  const groups = useMemo(() => factGroups(customer, fields, t), [customer, fields, t]);
  const { save, conflicts, resolve, giveUp } = useSaving(customer, byName);
  const [isEditing, watchEditing] = useEditing();
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
            run: () => reach('facts', `.${classes.facts} dd button`, (button) => button.click()),
          },
          {
            id: 'customer.note',
            label: t('customers.note.write'),
            icon: IconNote,
            run: () => reach('history', `.${classes.history} textarea`, (text) => text.focus()),
          },
        ]
      : [],
  );

  return (
    <div className={classes.page} ref={page} {...watchEditing}>
      <CustomerHead data={data} isEditing={isEditing} actions={actions} />
      <SegmentedControl
        className={classes.tabs}
        aria-label={t('customers.tab.title')}
        fullWidth
        data={tabs.map((value) => ({ value, label: t(`customers.tab.${value}`) }))}
        value={tab}
        onChange={(next) => onTab(next as CustomerTab)}
      />
      <div className={classes.grid} data-tab={tab}>
        <div className={`${classes.column} ${classes.facts}`}>
          <h2 className="visually-hidden">{t('customers.facts.title')}</h2>
          <FactList groups={groups} onSave={save} readOnly={!mayWrite} />
        </div>
        <div className={`${classes.column} ${classes.middle}`}>
          <div className={classes.history}>
            <h2 className="visually-hidden">{t('customers.history')}</h2>
            {mayWrite && <NoteComposer id={id} />}
            <PinnedNotes notes={data.notes.results.filter(({ is_pinned }) => is_pinned)} />
            <History id={id} first={data.timeline} />
          </div>
        </div>
        <div className={`${classes.column} ${classes.side}`}>
          <h2 className="visually-hidden">{t('customers.tab.links')}</h2>
          <Sections id={id} data={data} mayWrite={mayWrite} />
        </div>
      </div>
      <ConflictDialog
        conflicts={conflicts}
        labelOf={(name) => byName.get(name)?.label ?? name}
        say={(name, value) => say(byName.get(name), value, i18n.language)}
        onResolve={resolve}
        onClose={giveUp}
      />
    </div>
  );
}

/** Where to go on the page, and what to do there. */
interface Aim {
  part: CustomerTab;
  selector: string;
  act: (element: HTMLElement) => void;
}

/** Goes to a place of the page: on a phone its part is shown first. */
function useReach(page: RefObject<HTMLElement | null>, tab: CustomerTab, onTab: (tab: CustomerTab) => void) {
  const [aim, setAim] = useState<Aim>();
  useEffect(() => {
    if (aim?.part !== tab) return;
    setAim(undefined);
    const element = page.current?.querySelector<HTMLElement>(aim.selector);
    if (element) aim.act(element);
  }, [aim, tab, page]);
  return (part: CustomerTab, selector: string, act: Aim['act']) => {
    if (part !== tab) onTab(part);
    setAim({ part, selector, act });
  };
}

/** Is a field of the page being written in? The others who are here are told so. */
function useEditing() {
  const [isEditing, setEditing] = useState(false);
  const watch = {
    onFocus: ({ target }: FocusEvent) => setEditing(target.matches('input:not([type=radio]), textarea')),
    onBlur: () => setEditing(false),
  };
  return [isEditing, watch] as const;
}

/** A value in words, for a sentence. */
function say(field: LocalField | undefined, value: unknown, language: string): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map((one) => say(field, one, language)).join(', ');
  const choice = field?.choices.find((one) => one.value === String(value));
  if (choice) return choice.label;
  if (field?.kind === 'date') return formatDate(String(value), 'date', language);
  return formatPhone(String(value));
}
