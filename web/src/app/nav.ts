import {
  IconCalendarCheck,
  IconCalendarMonth,
  IconChartFunnel,
  IconChartLine,
  IconCopyCheck,
  IconFileImport,
  IconHistory,
  IconMessages,
  IconSettings,
  IconTargetArrow,
  IconUserSearch,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import { may } from '@/api/session';
import type { Me } from '@/api/types';

/** The parts of the main navigation, in order; those of the last stand at its foot. */
export const sections = ['records', 'work', 'administration'] as const;

/** A place in the main navigation. */
export interface Place {
  to: NonNullable<LinkProps['to']>;
  label: string;
  icon: TablerIcon;
  section: (typeof sections)[number];
  /** One of these is enough; absent where everybody may go. */
  permission?: string | string[];
  /** The shortcut that goes there. */
  keys?: string;
}

const places: Place[] = [
  {
    to: '/customers',
    label: 'common.nav.customers',
    icon: IconUsers,
    section: 'records',
    permission: 'customer.read',
    keys: 'g c',
  },
  {
    to: '/leads',
    label: 'common.nav.leads',
    icon: IconUserSearch,
    section: 'records',
    permission: 'lead.read',
    keys: 'g l',
  },
  {
    to: '/opportunities',
    label: 'common.nav.opportunities',
    icon: IconTargetArrow,
    section: 'records',
    permission: 'opportunity.read',
    keys: 'g f',
  },
  {
    to: '/activities',
    label: 'common.nav.activities',
    icon: IconCalendarCheck,
    section: 'records',
    permission: 'activity.read',
    keys: 'g a',
  },
  {
    to: '/calendar',
    label: 'common.nav.calendar',
    icon: IconCalendarMonth,
    section: 'records',
    permission: 'activity.read',
    keys: 'g t',
  },
  {
    to: '/communications',
    label: 'common.nav.communications',
    icon: IconMessages,
    section: 'records',
    permission: 'communication.read',
    keys: 'g m',
  },
  {
    to: '/pipeline',
    label: 'common.nav.pipeline',
    icon: IconChartFunnel,
    section: 'records',
    permission: 'opportunity.read',
  },
  {
    to: '/forecast',
    label: 'common.nav.forecast',
    icon: IconChartLine,
    section: 'records',
    permission: 'opportunity.read',
  },
  {
    to: '/customers/duplicates',
    label: 'common.nav.duplicates',
    icon: IconCopyCheck,
    section: 'records',
    permission: 'customer.merge',
    keys: 'g d',
  },
  {
    to: '/import',
    label: 'common.nav.import',
    icon: IconFileImport,
    section: 'records',
    permission: ['customer.import', 'lead.import', 'opportunity.import'],
  },
  { to: '/operations', label: 'common.nav.operations', icon: IconHistory, section: 'work', keys: 'g o' },
  { to: '/settings', label: 'common.nav.settings', icon: IconSettings, section: 'administration', keys: 'g s' },
];

/** The places the user may go to. */
export function placesFor(me: Me): Place[] {
  return places.filter(({ permission }) => permission === undefined || [permission].flat().some((one) => may(me, one)));
}
