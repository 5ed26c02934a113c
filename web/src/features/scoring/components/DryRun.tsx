import { useTranslation } from 'react-i18next';
import type { ScoreDryRun } from '@/api/types';
import { formatCount } from '@/lib/money';
import { GroupedBars } from '@/ui/charts/GroupedBars';
import { bandLabels } from '../rules';
import classes from './Scoring.module.css';

/** What rules would do to the leads there are: the spread of scores before and after, and who would move most. */
export function DryRun({ outcome: { considered, changed, before, after, movers } }: { outcome: ScoreDryRun }) {
  const { t, i18n } = useTranslation();
  const number = (count: number) => formatCount(count, i18n.language);
  return (
    <section className={classes.outcome} aria-label={t('scoring.try.title')}>
      <p role="status">
        {considered === 0
          ? t('scoring.try.none')
          : t('scoring.try.changed', {
              count: changed,
              number: number(changed),
              considered: number(considered),
            })}
      </p>
      {considered > 0 && (
        <GroupedBars
          label={t('scoring.try.title')}
          head={t('scoring.band')}
          series={[
            { id: 'before', name: t('scoring.try.before') },
            { id: 'after', name: t('scoring.try.after') },
          ]}
          groups={bandLabels.map((label, band) => ({ label, values: [before[band] ?? 0, after[band] ?? 0] }))}
        />
      )}
      {movers.length > 0 && (
        <table className={classes.movers} aria-label={t('scoring.try.movers')}>
          <thead>
            <tr>
              <th scope="col">{t('scoring.try.movers')}</th>
              <th scope="col">{t('scoring.try.before')}</th>
              <th scope="col">{t('scoring.try.after')}</th>
            </tr>
          </thead>
          <tbody>
            {movers.map(({ id, name, before: from, after: to }) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                <td>{from}</td>
                <td className={to > from ? classes.good : classes.bad}>{to}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
