import { IconTrash, IconUserHeart } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Lead } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { MoreMenu } from '@/ui/record-page/MoreMenu';
import { useDeletion } from '@/ui/record-page/use-deletion';
import { titleOf } from '../title';
import { ReferrerDialog } from './ReferrerDialog';

/** What is done with a lead seldom. */
export function LeadMenu({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [isReferring, setReferring] = useState(false);
  const name = titleOf(lead);
  const deletion = useDeletion({ kind: 'leads', id: lead.id, name, onGone: () => navigate({ to: '/leads' }) });
  const actions = [
    ...(may(me, 'lead.write')
      ? [
          {
            id: 'lead.referrer',
            label: t('leads.referrer.choose'),
            icon: IconUserHeart,
            run: () => setReferring(true),
          },
        ]
      : []),
    ...(may(me, 'lead.delete')
      ? [{ id: 'lead.delete', label: deletion.label, icon: IconTrash, run: deletion.ask }]
      : []),
  ];
  useCommands(name, actions);
  return (
    <>
      <MoreMenu label={t('leads.head.more')} actions={actions} />
      {deletion.dialog}
      {isReferring && <ReferrerDialog lead={lead} onClose={() => setReferring(false)} />}
    </>
  );
}
