import { ActionIcon, Menu } from '@mantine/core';
import {
  IconDeviceMobileOff,
  IconDots,
  IconEye,
  IconKey,
  IconLockOpen,
  IconLogout,
  IconPencil,
  IconUserCheck,
  IconUserOff,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { User } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { type Aid, useAid, useSwitchUser, useViewAs } from '../users';

type Asked = 'deactivate' | Exclude<Aid, 'unlock'>;

/** What can be done for, and to, somebody's account. */
export function UserActions({ user, onEdit, onLink }: { user: User; onEdit: () => void; onLink: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const switching = useSwitchUser();
  const aid = useAid();
  const viewAs = useViewAs();
  const [asked, setAsked] = useState<Asked>();
  // Kept while the dialog fades, so that its words stay.
  const [said, setSaid] = useState<Asked>('deactivate');
  const ask = (what: Asked) => {
    setSaid(what);
    setAsked(what);
  };
  const told = (message: string) => ({
    onSuccess: () => showUndo(message, undefined),
    onError: (error: unknown) => showRefusal(textOf(error)),
  });
  const turn = (is_active: boolean) =>
    switching.mutate(
      { id: user.id, is_active },
      told(t(is_active ? 'identity.users.activated' : 'identity.users.deactivated', { name: user.name })),
    );
  const help = (what: Aid) =>
    aid.mutate({ id: user.id, aid: what }, told(t(`identity.users.done.${what}`, { name: user.name })));
  const isOther = user.id !== me.id;

  return (
    <>
      <Menu position="bottom-end" shadow="md" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={t('identity.users.actions', { name: user.name })}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={onEdit}>
            {t('identity.edit')}
          </Menu.Item>
          {isOther && user.is_active && may(me, 'user.view_as') && (
            <Menu.Item
              leftSection={<IconEye size={15} aria-hidden />}
              onClick={() => viewAs.mutate(user.id, { onError: (error) => showRefusal(textOf(error)) })}
            >
              {t('identity.users.view_as')}
            </Menu.Item>
          )}
          {user.is_active && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconKey size={15} aria-hidden />} onClick={onLink}>
                {t('identity.users.link')}
              </Menu.Item>
              {user.is_locked && (
                <Menu.Item leftSection={<IconLockOpen size={15} aria-hidden />} onClick={() => help('unlock')}>
                  {t('identity.users.unlock')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => ask('end_sessions')}>
                {t('identity.users.end_sessions')}
              </Menu.Item>
              {/* One's own is turned off on the page of one's security, with a proof. */}
              {user.two_factor_on && isOther && (
                <Menu.Item
                  leftSection={<IconDeviceMobileOff size={15} aria-hidden />}
                  onClick={() => ask('two_factor_off')}
                >
                  {t('identity.users.two_factor_off')}
                </Menu.Item>
              )}
            </>
          )}
          {isOther && (
            <>
              <Menu.Divider />
              {user.is_active ? (
                <Menu.Item
                  color="red"
                  leftSection={<IconUserOff size={15} aria-hidden />}
                  onClick={() => ask('deactivate')}
                >
                  {t('identity.users.deactivate')}
                </Menu.Item>
              ) : (
                <Menu.Item leftSection={<IconUserCheck size={15} aria-hidden />} onClick={() => turn(true)}>
                  {t('identity.users.activate')}
                </Menu.Item>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={asked !== undefined}
        title={t(`identity.users.${said}`)}
        text={t(`identity.users.ask.${said}`, { name: user.name })}
        confirm={t(`identity.users.${said}`)}
        onConfirm={() => (said === 'deactivate' ? turn(false) : help(said))}
        onClose={() => setAsked(undefined)}
      />
    </>
  );
}
