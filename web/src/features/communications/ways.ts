import {
  IconBrandInstagram,
  IconCalendarEvent,
  IconDeviceMobileMessage,
  IconDots,
  IconMail,
  IconMailbox,
  IconMessages,
  IconPhone,
  type TablerIcon,
} from '@tabler/icons-react';

/** By which way people spoke: its icon. */
export const wayIcons: Record<string, TablerIcon> = {
  email: IconMail,
  phone_call: IconPhone,
  sms: IconDeviceMobileMessage,
  meeting: IconCalendarEvent,
  social: IconBrandInstagram,
  chat: IconMessages,
  letter: IconMailbox,
  other: IconDots,
};

/** What to call one: few that were logged by hand have a subject. */
export const titleOf = ({ subject, content }: { subject: string; content?: string | null }) =>
  subject || (content ?? '').split('\n')[0]?.slice(0, 120) || '—';
