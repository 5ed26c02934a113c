import { Button, Popover, SegmentedControl, Text } from '@mantine/core';
import { IconLogout, IconSelector, IconShieldLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { http, setCsrfToken } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import { useMe } from '@/api/session';
import type { Me } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { PersonBadge } from '@/ui/PersonBadge';
import { asColorScheme } from './color-scheme';
import { speak } from './i18n';
import classes from './UserMenu.module.css';

/** Who is signed in; language, theme, sign-out. */
export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeMe();
  const signOut = useSignOut();
  const scheme = asColorScheme(me.theme);

  return (
    <Popover position="top-start" width={236} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.user} title={t('common.user.menu')}>
          <PersonBadge name={me.name} nameless />
          <span className={classes.who}>
            <span>{me.name}</span>
            <small>{me.organisation.name}</small>
          </span>
          <IconSelector size={15} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={t('common.user.menu')}>
        <div>
          <Text size="xs" c="dimmed" id="user-language" mb={4}>
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
        <div>
          <Text size="xs" c="dimmed" id="user-theme" mb={4}>
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
        <Button
          component={Link}
          to="/settings/security"
          variant="default"
          leftSection={<IconShieldLock size={15} aria-hidden />}
        >
          {t('common.user.security')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconLogout size={15} aria-hidden />}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          {t('common.user.sign_out')}
        </Button>
      </Popover.Dropdown>
    </Popover>
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
    // The server's own words (field labels, sentences) are in the language it was asked in.
    onSuccess: (_answer, change) =>
      change.locale && client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] }),
  });
}

function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => http.DELETE('/api/v1/crm/session/'),
    onSettled: async () => {
      await router.navigate({ to: '/sign-in' });
      setCsrfToken(undefined);
      client.clear();
    },
  });
}
