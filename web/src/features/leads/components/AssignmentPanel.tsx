import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { DecisionTrace } from '@/ui/decision/DecisionTrace';
import { Panel } from '@/ui/record-page/Panel';
import { When } from '@/ui/When';
import { assignmentQuery } from '../queries';
import classes from './Lead.module.css';
import lines from './Lines.module.css';

/** Whose the lead became, when, and why: the trace of each decision. Absent while nothing was decided. */
export function AssignmentPanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data: decisions = [] } = useQuery(assignmentQuery(id));
  if (decisions.length === 0) return null;
  return (
    <Panel title={t('leads.assignment.title')}>
      <ul className={lines.lines}>
        {decisions.map(({ id: decision, at, reason, user_name, trace }) => (
          <li key={decision}>
            <span className={lines.main}>{user_name ?? t('leads.assignment.nobody')}</span>
            <p className={classes.dim}>
              {t(`leads.assignment.reasons.${reason}`)} · <When at={at} style="date-time" />
            </p>
            {trace.steps.length > 0 && (
              <details className={lines.more}>
                <summary>{t('leads.assignment.why')}</summary>
                <DecisionTrace steps={trace.steps} />
              </details>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
