import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { placesFor } from './nav';

/** The keys that work on every page: `g` and a letter to go somewhere, `n` for a new customer. */
export function useShellShortcuts({ onNewCustomer }: { onNewCustomer: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  useShortcuts(
    t('common.commands.go'),
    placesFor(me).flatMap(({ keys, label, to }) =>
      keys ? [{ keys, label: t(label), run: () => navigate({ to }) }] : [],
    ),
  );
  useShortcuts(
    t('common.shortcuts.general'),
    may(me, 'customer.write') ? [{ keys: 'n', label: t('common.commands.new_customer'), run: onNewCustomer }] : [],
  );
}
