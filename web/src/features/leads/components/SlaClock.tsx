import { IconClock } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '@/lib/dates';
import { slaParts, slaState } from '../sla';
import classes from './Lead.module.css';

/** Often enough for a clock that tells minutes. */
const TICK_MS = 20_000;

/** How long a lead may still wait for an answer, or how long it has waited too long. Plain markup: it may stand in a row of a table. */
export function SlaClock({ due }: { due: string }) {
  const { t, i18n } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const state = slaState(due, now);
  const span = slaParts(due, now)
    .map(([unit, count]) => t(`leads.sla.${unit}`, { count }))
    .join(' ');
  const at = formatDate(due, 'date-time', i18n.language);
  return (
    <span className={classes.sla} data-state={state} title={t('leads.sla.due', { at })}>
      <IconClock size={14} aria-hidden />
      {t(state === 'late' ? 'leads.sla.late' : 'leads.sla.left', { span })}
    </span>
  );
}
