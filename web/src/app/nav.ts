import { IconFileImport, IconSettings, IconUsers, type TablerIcon } from '@tabler/icons-react';
import { may } from '@/api/session';
import type { Me } from '@/api/types';

/** A place in the main navigation. */
export interface Place {
  to: '/customers' | '/customers/import' | '/settings';
  label: string;
  icon: TablerIcon;
  /** Who lacks it does not see the place; one without is everybody's. */
  permission?: string;
}

const places: Place[] = [
  { to: '/customers', label: 'common.nav.customers', icon: IconUsers, permission: 'customer.read' },
  { to: '/customers/import', label: 'common.nav.import', icon: IconFileImport, permission: 'customer.import' },
  { to: '/settings', label: 'common.nav.settings', icon: IconSettings },
];

/** The places the user may go to. */
export function placesFor(me: Me): Place[] {
  return places.filter(({ permission }) => permission === undefined || may(me, permission));
}
