import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Opportunity, Stage } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { Money } from '@/ui/Money';
import { useLanguage } from '@/ui/use-language';
import { columnQuery, sumsQuery } from '../queries';
import classes from './Board.module.css';
import { Card } from './Card';

/** A stage and the opportunities in it. */
export function Column({
  stage,
  stages,
  onMove,
  onDropped,
}: {
  stage: Stage;
  stages: Stage[];
  /** Absent where nothing may be moved. */
  onMove?: (opportunity: Opportunity, to: Stage) => void;
  /** A card was let go over this column. */
  onDropped: (id: number) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, error, refetch } = useQuery(columnQuery(stage));
  const { data: sums } = useQuery(sumsQuery(stage.pipeline_id));
  const sum = sums?.byStage.get(stage.id);
  const name = language === 'tr' ? stage.name_tr : stage.name_en;
  const count = data ? formatCount(data.count, language) + (data.count_is_capped ? '+' : '') : '';
  return (
    <section
      className={classes.column}
      aria-label={name}
      onDragOver={(event) => onMove && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onDropped(Number(event.dataTransfer.getData('text/plain')));
      }}
    >
      <h2 className={classes.title}>
        {name} <span>{count}</span>
      </h2>
      <p className={classes.sums}>
        {sum && sums ? (
          <>
            <Money amount={sum.amount} currency={sums.currency} compact />
            {stage.outcome === 'open' && (
              <span>
                {t('opportunities.weighted')} <Money amount={sum.weighted} currency={sums.currency} compact />
              </span>
            )}
          </>
        ) : (
          '\u00a0'
        )}
      </p>
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={96} />}
      {data?.results.length === 0 && <p className={classes.facts}>{t('opportunities.none')}</p>}
      <ul className={classes.cards}>
        {data?.results.map((one) => (
          <Card
            key={one.id}
            opportunity={one}
            stage={stage}
            stages={stages}
            onMove={onMove && ((to) => onMove(one, to))}
          />
        ))}
      </ul>
    </section>
  );
}
