import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { AssignmentTried } from '@/api/types';
import { formatCount } from '@/lib/money';
import { DecisionTrace } from '@/ui/decision/DecisionTrace';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import classes from './Assignment.module.css';

/** What rules would have done with the leads of the past: by rule, by person, and the last decisions with their reasons. */
export function Tried({ outcome }: { outcome: AssignmentTried }) {
  const { t, i18n } = useTranslation();
  const number = (count: number) => formatCount(count, i18n.language);
  const { records, is_capped, to_nobody, rules, people, samples } = outcome;
  const most = Math.max(1, ...people.map(({ count }) => count));
  const given = people.filter(({ count }) => count > 0);
  const nameOf = (id: number | null | undefined) => people.find(({ user_id }) => user_id === id)?.name;
  return (
    <section className={classes.outcome} aria-label={t('assignment.tried.title')}>
      <p role="status">
        {records === 0
          ? t('assignment.tried.none')
          : t('assignment.tried.summary', {
              count: records,
              number: number(records) + (is_capped ? '+' : ''),
              nobody: number(to_nobody),
            })}
      </p>
      {records > 0 && (
        <>
          <PlainTable
            label={t('assignment.tried.by_rule')}
            rows={rules}
            rowId={({ position }) => position}
            columns={[
              { id: 'rule', header: t('assignment.tried.rule'), cell: ({ name }) => name },
              { id: 'count', header: t('assignment.tried.count'), align: 'end', cell: ({ count }) => number(count) },
            ]}
          />
          <PlainTable
            label={t('assignment.tried.by_person')}
            rows={given}
            rowId={({ user_id }) => user_id}
            columns={[
              { id: 'person', header: t('assignment.tried.person'), cell: ({ name }) => name },
              {
                id: 'count',
                header: t('assignment.tried.count'),
                align: 'end',
                cell: ({ count }) => (
                  <>
                    <span className={classes.share} style={{ '--part': count / most } as CSSProperties} aria-hidden />
                    {number(count)}
                  </>
                ),
              },
            ]}
          />
        </>
      )}
      {samples.length > 0 && (
        <ul className={classes.samples} aria-label={t('assignment.tried.samples')}>
          {samples.map(({ id, name, user_id, trace }) => (
            <li key={id}>
              <details>
                <summary>
                  {t('assignment.tried.given', { name, person: nameOf(user_id) ?? t('assignment.tried.nobody') })}
                </summary>
                <DecisionTrace steps={trace.steps} />
              </details>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
