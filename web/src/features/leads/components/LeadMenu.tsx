import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconTrash, IconUserHeart } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Lead } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useDeleteLead } from '../queries';
import { titleOf } from '../title';
import { ReferrerDialog } from './ReferrerDialog';

/** What is done with a lead seldom. */
export function LeadMenu({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<'referrer' | 'delete' | undefined>();
  const close = () => setOpened(undefined);
  const remove = useDeleteLead();
  const name = titleOf(lead);
  const actions = [
    ...(may(me, 'lead.write')
      ? [{ id: 'referrer' as const, label: t('leads.referrer.choose'), icon: IconUserHeart }]
      : []),
    ...(may(me, 'lead.delete') ? [{ id: 'delete' as const, label: t('leads.delete.do'), icon: IconTrash }] : []),
  ];
  useCommands(
    name,
    actions.map(({ id, ...shown }) => ({ id: `lead.${id}`, ...shown, run: () => setOpened(id) })),
  );
  if (actions.length === 0) return null;
  const erase = () =>
    remove.mutate(lead.id, {
      onSuccess: (operation) => {
        showUndo(t('leads.delete.done', { name }), operation);
        navigate({ to: '/leads' });
      },
      onError: (error) => showRefusal(textOf(error)),
    });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('leads.head.more')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map(({ id, label, icon: Icon }) => (
            <Menu.Item key={id} leftSection={<Icon size={15} aria-hidden />} onClick={() => setOpened(id)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={opened === 'delete'}
        title={t('leads.delete.title', { name })}
        text={t('leads.delete.text')}
        confirm={t('leads.delete.do')}
        onConfirm={erase}
        onClose={close}
      />
      {opened === 'referrer' && <ReferrerDialog lead={lead} onClose={close} />}
    </>
  );
}
