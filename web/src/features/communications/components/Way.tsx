import { IconArrowDownLeft, IconArrowUpRight, IconMessage } from '@tabler/icons-react';
import { useRecordFields } from '@/api/record-fields';
import type { Communication } from '@/api/types';
import { wayIcons } from '../ways';
import classes from './Communication.module.css';

/** By which way it was, and from whom to whom. Plain markup: it may stand in a row of a table. */
export function Way({
  communication: { communication_type, direction },
  bare = false,
}: {
  communication: Pick<Communication, 'communication_type' | 'direction'>;
  bare?: boolean;
}) {
  const { byName } = useRecordFields('communications');
  const labelOf = (field: string, word: string) =>
    byName.get(field)?.choices.find(({ value }) => value === word)?.label ?? word;
  const Icon = wayIcons[communication_type] ?? IconMessage;
  const Arrow = direction === 'inbound' ? IconArrowDownLeft : IconArrowUpRight;
  const way = labelOf('communication_type', communication_type);
  const from = labelOf('direction', direction);
  return (
    <span className={classes.way} title={`${way} · ${from}`}>
      <Icon size={15} stroke={1.7} aria-label={bare ? way : undefined} aria-hidden={!bare} />
      {!bare && way}
      <Arrow size={13} className={classes.arrow} data-direction={direction} aria-label={from} />
    </span>
  );
}
