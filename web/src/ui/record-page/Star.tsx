import { ActionIcon } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../commands/registry';
import classes from './RecordHead.module.css';

/** Keeps a record at hand, or no longer. */
export function Star({ name, isFavourite, onFlip }: { name: string; isFavourite: boolean; onFlip: () => void }) {
  const { t } = useTranslation();
  const Icon = isFavourite ? IconStarFilled : IconStar;
  useCommands(name, [
    {
      id: 'record.favourite',
      label: t(isFavourite ? 'common.record.no_favourite' : 'common.record.to_favourites'),
      icon: Icon,
      run: onFlip,
    },
  ]);
  return (
    <ActionIcon
      aria-pressed={isFavourite}
      aria-label={t('common.record.favourite')}
      title={t('common.record.favourite')}
      className={classes.star}
      onClick={onFlip}
    >
      <Icon size={17} aria-hidden />
    </ActionIcon>
  );
}
