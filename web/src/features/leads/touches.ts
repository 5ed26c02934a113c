import {
  IconCalendarEvent,
  IconClick,
  IconForms,
  IconMailOpened,
  IconMessageReply,
  IconNote,
  IconPhone,
  IconWorld,
  type TablerIcon,
} from '@tabler/icons-react';
import type { LeadTouch } from '@/api/types';

/** What is noted by hand, the most frequent first. */
export const touchKinds: LeadTouch['kind'][] = ['call', 'meeting', 'reply', 'visit', 'email_open', 'email_click'];

/** What kinds of touches look like. */
export const touchIcon: Record<LeadTouch['kind'], TablerIcon> = {
  form: IconForms,
  visit: IconWorld,
  email_open: IconMailOpened,
  email_click: IconClick,
  reply: IconMessageReply,
  call: IconPhone,
  meeting: IconCalendarEvent,
  note: IconNote,
};
