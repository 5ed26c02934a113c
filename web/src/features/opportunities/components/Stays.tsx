import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { recordTimelineQuery } from '@/api/record-activity';
import type { Opportunity, Stage } from '@/api/types';
import { PagePart } from '@/ui/page/Page';
import { daysBetween, type Stay, staysOf } from '../stays';
import classes from './Parts.module.css';

/** The stages an opportunity was in, as far as its newest changes tell. */
export function useStays(opportunity: Opportunity): Stay[] | undefined {
  const { data } = useInfiniteQuery(recordTimelineQuery('opportunities', opportunity.id, 'opportunity.updated'));
  return (
    data &&
    staysOf(
      opportunity,
      data.pages.flatMap((page) => page.results),
    )
  );
}

/** Which stage an opportunity was in, and for how long. */
export function Stays({ stays, stages, nameOf }: { stays: Stay[]; stages: Stage[]; nameOf: (stage: Stage) => string }) {
  const { t } = useTranslation();
  const days = stays.map(({ from, until }) => daysBetween(from, until));
  const longest = Math.max(1, ...days);
  if (stays.length === 0) return null;
  return (
    <PagePart id="stays" title={t('opportunities.stays')}>
      <ol className={classes.stays}>
        {stays.map(({ stage: key, from }, place) => {
          const stage = stages.find((one) => one.key === key);
          return (
            <li key={from} className={classes.stay}>
              <span>{stage ? nameOf(stage) : key}</span>
              <span className={classes.bar} style={{ width: `${((days[place] ?? 0) / longest) * 100}%` }} aria-hidden />
              <span>{t('opportunities.figures.days_of', { value: days[place] ?? 0 })}</span>
            </li>
          );
        })}
      </ol>
    </PagePart>
  );
}
