import { Button, Popover, SegmentedControl, Text } from '@mantine/core';
import { IconLogout, IconShieldLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { asLanguage } from '@/lib/language';
import { asColorScheme } from './color-scheme';
import { useChangeMe, useSignOut } from './session-actions';
import classes from './UserMenu.module.css';

/** Language, theme, security, sign-out: loaded when the menu is about to be opened. */
export default function UserMenuPanel() {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeMe();
  const signOut = useSignOut();
  const scheme = asColorScheme(me.theme);

  return (
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
  );
}
