import {
  IconDeviceDesktop,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconPlus,
  IconShieldLock,
  IconSun,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { asLanguage } from '@/lib/language';
import { useCommands } from '@/ui/commands/registry';
import { placesFor } from './nav';
import { useChangeMe, useSignOut } from './session-actions';
import { settingsFor } from './settings-places';

/** What can be done and where one can go from every page, for the palette. It comes with the palette, not with the first load. */
export function useShellCommands({ onNewCustomer }: { onNewCustomer: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const change = useChangeMe();
  const signOut = useSignOut();
  const places = placesFor(me);
  const mayCreate = may(me, 'customer.write');

  const themes = { light: IconSun, dark: IconMoon, system: IconDeviceDesktop };
  const otherLanguage = asLanguage(me.locale) === 'tr' ? 'en' : 'tr';
  useCommands(
    t('common.commands.actions'),
    [
      ...(mayCreate
        ? [
            {
              id: 'customer.new',
              label: t('common.commands.new_customer'),
              words: t('common.commands.new_customer_words'),
              icon: IconPlus,
              keys: 'n',
              run: onNewCustomer,
            },
          ]
        : []),
      ...(may(me, 'opportunity.write')
        ? [
            {
              id: 'opportunity.new',
              label: t('opportunities.new.title'),
              icon: IconPlus,
              run: () => navigate({ to: '/opportunities', search: { new: true } }),
            },
          ]
        : []),
      ...Object.entries(themes)
        .filter(([theme]) => theme !== me.theme)
        .map(([theme, icon]) => ({
          id: `theme.${theme}`,
          label: t(`common.commands.theme_${theme}`),
          words: t('common.user.theme'),
          icon,
          run: () => change.mutate({ theme }),
        })),
      {
        id: 'language',
        label: t('common.commands.language'),
        words: t('common.commands.language_words'),
        icon: IconLanguage,
        run: () => change.mutate({ locale: otherLanguage }),
      },
      {
        id: 'security',
        label: t('common.user.security'),
        words: t('common.commands.security_words'),
        icon: IconShieldLock,
        run: () => navigate({ to: '/security' }),
      },
      { id: 'sign-out', label: t('common.user.sign_out'), icon: IconLogout, run: () => signOut.mutate() },
    ],
    { general: true },
  );
  useCommands(
    t('common.commands.go'),
    places.map(({ to, label, icon, keys }) => ({
      id: `go${to}`,
      label: t(label),
      icon,
      keys,
      run: () => navigate({ to }),
    })),
    { general: true },
  );
  useCommands(
    t('common.settings.title'),
    settingsFor(me)
      .flatMap((group) => group.places)
      .map(({ to, label, icon }) => ({ id: `go${to}`, label: t(label), icon, run: () => navigate({ to }) })),
    { general: true },
  );
}
