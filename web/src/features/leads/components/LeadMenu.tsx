import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Lead } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useCommands } from '@/ui/commands/registry';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { leadsPath } from '../paths';
import { useDeleteLead } from '../queries';

/** What is done with a lead seldom. */
export function LeadMenu({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteLead();
  const mayDelete = may(me, 'lead.delete');
  const name = lead.name || lead.company;
  useCommands(
    name,
    mayDelete ? [{ id: 'lead.delete', label: t('leads.delete.do'), icon: IconTrash, run: () => setAsking(true) }] : [],
  );
  if (!mayDelete) return null;
  const erase = () =>
    remove.mutate(lead.id, {
      onSuccess: (operation) => {
        showUndo(t('leads.delete.done', { name }), operation);
        navigate({ to: leadsPath });
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
          <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setAsking(true)}>
            {t('leads.delete.do')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={isAsking}
        title={t('leads.delete.title', { name })}
        text={t('leads.delete.text')}
        confirm={t('leads.delete.do')}
        onConfirm={erase}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
