import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isStatus } from '@/api/error';
import { reasonsQuery } from '@/api/reasons';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { type LeadLine, useQualify } from '../queries';
import { JUNK } from '../reasons';
import { titleOf } from '../title';
import { AssignDialog } from './AssignDialog';
import { ConvertDrawer } from './ConvertDrawer';
import { DisqualifyDialog } from './DisqualifyDialog';
import { QualifyDialog } from './QualifyDialog';

interface Asked {
  action: 'qualify' | 'disqualify' | 'assign' | 'convert';
  lead: LeadLine;
  refusal?: unknown;
}

/** What can be done with a lead; put `dialogs` somewhere on the page. */
export interface LeadCommands {
  /** Moves it to another status: at once, or by a dialog where there is something to be asked. */
  move: (lead: LeadLine, status: string) => void;
  /** Rules it out as never having been a lead. */
  junk: (lead: LeadLine) => void;
  assign: (lead: LeadLine) => void;
  convert: (lead: LeadLine) => void;
  dialogs: ReactNode;
}

/** What is done with a lead by one key or click, on its page as in a list. */
export function useLeadCommands(): LeadCommands {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { mutate } = useQualify();
  // Known before the dialog asks for one of them.
  useQuery(reasonsQuery);
  const [asked, setAsked] = useState<Asked | undefined>();
  const close = () => setAsked(undefined);

  const move = (lead: LeadLine, status: string) => {
    if (status === lead.status) return;
    if (status === 'disqualified') {
      setAsked({ action: 'disqualify', lead });
      return;
    }
    mutate(
      { id: lead.id, status },
      {
        onSuccess: ({ operation }) => showUndo(t(`leads.done.${status}`, { name: titleOf(lead) }), operation),
        onError: (error) => {
          // The gate: what it lacks can be said in the dialog.
          if (status === 'qualified' && isStatus(error, 422)) setAsked({ action: 'qualify', lead, refusal: error });
          else showRefusal(isStatus(error, 422) ? (error.fieldError('status') ?? textOf(error)) : textOf(error));
        },
      },
    );
  };
  const junk = (lead: LeadLine) =>
    mutate(
      { id: lead.id, status: 'disqualified', reason: JUNK },
      {
        onSuccess: ({ operation }) => showUndo(t('leads.done.disqualified', { name: titleOf(lead) }), operation),
        onError: (error) => showRefusal(textOf(error)),
      },
    );
  const shared = asked && { lead: asked.lead, opened: true, onClose: close };
  const dialogs = shared && (
    <>
      {asked.action === 'qualify' && <QualifyDialog {...shared} refusal={asked.refusal} />}
      {asked.action === 'disqualify' && <DisqualifyDialog {...shared} />}
      {asked.action === 'assign' && <AssignDialog {...shared} />}
      {asked.action === 'convert' && <ConvertDrawer {...shared} />}
    </>
  );
  return {
    move,
    junk,
    assign: (lead) => setAsked({ action: 'assign', lead }),
    convert: (lead) => setAsked({ action: 'convert', lead }),
    dialogs,
  };
}
