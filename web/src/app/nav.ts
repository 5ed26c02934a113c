import { IconCopyCheck, IconFileImport, IconUsers, type TablerIcon } from '@tabler/icons-react';
import { may } from '@/api/session';
import type { Me } from '@/api/types';

/** A place in the main navigation. */
export interface Place {
  to: '/customers' | '/customers/duplicates' | '/customers/import';
  label: string;
  icon: TablerIcon;
  permission: string;
}

const places: Place[] = [
  { to: '/customers', label: 'common.nav.customers', icon: IconUsers, permission: 'customer.read' },
  { to: '/customers/duplicates', label: 'common.nav.duplicates', icon: IconCopyCheck, permission: 'customer.merge' },
  { to: '/customers/import', label: 'common.nav.import', icon: IconFileImport, permission: 'customer.import' },
];

/** The places the user may go to. */
export function placesFor(me: Me): Place[] {
  return places.filter((place) => may(me, place.permission));
}
