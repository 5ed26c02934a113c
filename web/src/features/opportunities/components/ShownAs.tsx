import { ActionIcon } from '@mantine/core';
import { IconLayoutKanban, IconList } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Goes from the board to the list and back. */
export function ShownAs({ value }: { value: 'board' | 'list' }) {
  const { t } = useTranslation();
  return (
    <ActionIcon.Group>
      <ActionIcon
        size={30}
        variant={value === 'board' ? 'light' : 'default'}
        aria-label={t('opportunities.as_board')}
        title={t('opportunities.as_board')}
        aria-current={value === 'board' ? 'page' : undefined}
        renderRoot={(props) => <Link to="/opportunities" {...props} />}
      >
        <IconLayoutKanban size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        size={30}
        variant={value === 'list' ? 'light' : 'default'}
        aria-label={t('opportunities.as_list')}
        title={t('opportunities.as_list')}
        aria-current={value === 'list' ? 'page' : undefined}
        renderRoot={(props) => <Link to="/opportunities/list" {...props} />}
      >
        <IconList size={16} aria-hidden />
      </ActionIcon>
    </ActionIcon.Group>
  );
}
