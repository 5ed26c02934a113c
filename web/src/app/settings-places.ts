import {
  IconArrowsSplit2,
  IconBrain,
  IconBuilding,
  IconClipboardList,
  IconCoins,
  IconForms,
  IconHourglass,
  IconKey,
  IconListCheck,
  IconMessageQuestion,
  IconPackage,
  IconRoute,
  IconServer,
  IconShield,
  IconShieldLock,
  IconStars,
  IconTags,
  IconUser,
  IconUsers,
  IconUsersGroup,
  IconWorldWww,
  type TablerIcon,
} from '@tabler/icons-react';
import { may } from '@/api/session';
import type { Me } from '@/api/types';

/** A page of the settings. */
export interface SettingsPlace {
  to: string;
  label: string;
  icon: TablerIcon;
  /** Who lacks it does not see the page; a page without one is everybody's. */
  permission?: string;
}

/** Pages that belong together, under a heading. */
export interface SettingsGroup {
  id: string;
  label: string;
  places: SettingsPlace[];
}

const groups: SettingsGroup[] = [
  {
    id: 'account',
    label: 'common.settings.account',
    places: [
      { to: '/settings/profile', label: 'common.settings.profile', icon: IconUser },
      { to: '/settings/security', label: 'common.settings.security', icon: IconShieldLock },
      { to: '/settings/tokens', label: 'common.settings.tokens', icon: IconKey },
    ],
  },
  {
    id: 'people',
    label: 'common.settings.people',
    places: [
      {
        to: '/settings/organisation',
        label: 'common.settings.organisation',
        icon: IconBuilding,
        permission: 'organisation.manage',
      },
      { to: '/settings/users', label: 'common.settings.users', icon: IconUsers, permission: 'user.manage' },
      { to: '/settings/teams', label: 'common.settings.teams', icon: IconUsersGroup, permission: 'team.manage' },
      { to: '/settings/roles', label: 'common.settings.roles', icon: IconShield, permission: 'role.manage' },
    ],
  },
  {
    id: 'data',
    label: 'common.settings.data',
    places: [
      {
        to: '/settings/custom-fields',
        label: 'common.settings.custom_fields',
        icon: IconForms,
        permission: 'custom_field.manage',
      },
      { to: '/settings/tags', label: 'common.settings.tags', icon: IconTags, permission: 'tag.manage' },
      {
        to: '/settings/retention',
        label: 'common.settings.retention',
        icon: IconHourglass,
        permission: 'retention.manage',
      },
    ],
  },
  {
    id: 'sales',
    label: 'common.settings.sales',
    places: [
      { to: '/settings/pipelines', label: 'common.settings.pipelines', icon: IconRoute, permission: 'pipeline.manage' },
      {
        to: '/settings/reasons',
        label: 'common.settings.reasons',
        icon: IconMessageQuestion,
        permission: 'pipeline.manage',
      },
      {
        to: '/settings/opportunity-model',
        label: 'common.settings.opportunity_model',
        icon: IconBrain,
        permission: 'scoring.manage',
      },
      { to: '/settings/products', label: 'common.settings.products', icon: IconPackage, permission: 'product.manage' },
      {
        to: '/settings/exchange-rates',
        label: 'common.settings.exchange_rates',
        icon: IconCoins,
        permission: 'product.manage',
      },
      {
        to: '/settings/lead-qualification',
        label: 'common.settings.lead_qualification',
        icon: IconListCheck,
        permission: 'scoring.manage',
      },
      {
        to: '/settings/assignment',
        label: 'common.settings.assignment',
        icon: IconArrowsSplit2,
        permission: 'assignment.manage',
      },
      { to: '/settings/forms', label: 'common.settings.forms', icon: IconWorldWww, permission: 'form.manage' },
      { to: '/settings/scoring', label: 'common.settings.scoring', icon: IconStars, permission: 'scoring.manage' },
    ],
  },
  {
    id: 'operation',
    label: 'common.settings.operation',
    places: [
      { to: '/settings/audit', label: 'common.settings.audit', icon: IconClipboardList, permission: 'audit.read' },
      { to: '/settings/system', label: 'common.settings.system', icon: IconServer, permission: 'system.read' },
    ],
  },
];

/** The pages the user may see, by groups; empty groups are left out. */
export function settingsFor(me: Me): SettingsGroup[] {
  return groups
    .map((group) => ({
      ...group,
      places: group.places.filter(({ permission }) => permission === undefined || may(me, permission)),
    }))
    .filter((group) => group.places.length > 0);
}
