import {
  IconCalendarEvent,
  IconCheckbox,
  IconFileText,
  IconMail,
  IconMapPin,
  IconPhone,
  IconPresentation,
  IconRepeat,
  IconTool,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react';

/** The icons that types of activities can have, by the names the server keeps. */
export const activityIcons: Record<string, TablerIcon> = {
  phone: IconPhone,
  users: IconUsers,
  repeat: IconRepeat,
  presentation: IconPresentation,
  'file-text': IconFileText,
  checkbox: IconCheckbox,
  mail: IconMail,
  'map-pin': IconMapPin,
  tool: IconTool,
  calendar: IconCalendarEvent,
};
