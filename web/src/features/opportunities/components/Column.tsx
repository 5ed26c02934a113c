import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Opportunity, Stage } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { Money } from '@/ui/Money';
import { useLanguage } from '@/ui/use-language';
import { columnQuery } from '../queries';
import classes from './Board.module.css';
import { Card } from './Card';

/** So many pixels before its end a column loads more. */
const NEAR = 400;

/** A stage and the opportunities in it. */
export function Column({
  stage,
  stages,
  criteria,
  onMove,
  onDropped,
}: {
  stage: Stage;
  stages: Stage[];
  /** What a view filters by. */
  criteria?: object;
  /** Absent where nothing may be moved. */
  onMove?: (opportunity: Opportunity, to: Stage) => void;
  /** A card was let go over this column. */
  onDropped: (id: number) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    columnQuery(stage, criteria),
  );
  const sum = data?.pages[0];
  const cards = data?.pages.flatMap((page) => page.cards) ?? [];
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  };
  const name = language === 'tr' ? stage.name_tr : stage.name_en;
  const count = sum ? formatCount(sum.count, language) : '';
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
        {sum ? (
          <>
            <Money amount={sum.amount} currency={sum.currency} compact />
            {stage.outcome === 'open' && (
              <span>
                {t('opportunities.weighted')} <Money amount={sum.weighted} currency={sum.currency} compact />
              </span>
            )}
          </>
        ) : (
          '\u00a0'
        )}
      </p>
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={96} />}
      {data && cards.length === 0 && <p className={classes.facts}>{t('opportunities.none')}</p>}
      <ul
        className={classes.cards}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          scrollHeight - scrollTop - clientHeight < NEAR && more()
        }
      >
        {cards.map((one) => (
          <Card
            key={one.id}
            opportunity={one}
            stage={stage}
            stages={stages}
            onMove={onMove && ((to) => onMove(one, to))}
          />
        ))}
        {hasNextPage && (
          <li>
            <Button variant="default" fullWidth loading={isFetchingNextPage} onClick={more}>
              {t('common.more')}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}
