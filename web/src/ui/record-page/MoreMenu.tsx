import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, type TablerIcon } from '@tabler/icons-react';

/** What is done with a record seldom, behind three dots; nothing where there is nothing to do. */
export function MoreMenu({
  label,
  actions,
}: {
  label: string;
  actions: { id: string; label: string; icon: TablerIcon; run: () => void }[];
}) {
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="lg" aria-label={label}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ id, label: text, icon: Icon, run }) => (
          <Menu.Item key={id} leftSection={<Icon size={15} aria-hidden />} onClick={run}>
            {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
