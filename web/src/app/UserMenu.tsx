import { Menu, SegmentedControl, Text } from '@mantine/core';
import { IconLogout, IconSelector } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { http, setCsrfToken } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import { useMe } from '@/api/session';
import type { Me } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { PersonBadge } from '@/ui/PersonBadge';
import { asColorScheme } from './color-scheme';
import { speak } from './i18n';
import classes from './Shell.module.css';
import menu from './UserMenu.module.css';

/** Who is signed in; language, theme, sign-out. */
export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeMe();
  const signOut = useSignOut();
  const scheme = asColorScheme(me.theme);

  return (
    <Menu position="top-start" width={236} closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={classes.user} aria-label={t('common.user.menu', { name: me.name })}>
          <PersonBadge name={me.name} nameless />
          <span className={classes.who}>
            <span>{me.name}</span>
            <small>{me.organisation.name}</small>
          </span>
          <IconSelector size={15} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={menu.setting}>
          <Text size="xs" c="dimmed" id="user-language">
            {t('common.user.language')}
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-labelledby="user-language"
            value={asLanguage(me.locale)}
            onChange={(locale) => change.mutate({ locale })}
            data={[
              { value: 'tr', label: 'Türkçe' },
              { value: 'en', label: 'English' },
            ]}
          />
        </div>
        <div className={menu.setting}>
          <Text size="xs" c="dimmed" id="user-theme">
            {t('common.user.theme')}
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-labelledby="user-theme"
            value={scheme === 'auto' ? 'system' : scheme}
            onChange={(theme) => change.mutate({ theme })}
            data={[
              { value: 'light', label: t('common.user.light') },
              { value: 'dark', label: t('common.user.dark') },
              { value: 'system', label: t('common.user.system') },
            ]}
          />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('common.user.sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useChangeMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { locale?: string; theme?: string }) => http.PATCH('/api/v1/crm/me/', { body }),
    onMutate: async (change) => {
      if (change.locale) await speak(asLanguage(change.locale));
      return optimistic<Me>(client, keys.me, (me) => ({ ...me, ...change }));
    },
    onError: (_error, _change, rollBack) => rollBack?.(),
  });
}

function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => http.DELETE('/api/v1/crm/session/'),
    onSettled: async () => {
      setCsrfToken(undefined);
      client.clear();
      await router.navigate({ to: '/sign-in' });
    },
  });
}
