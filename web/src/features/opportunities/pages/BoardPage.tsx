import { Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { may, meQuery } from '@/api/session';
import type { Opportunity, Stage } from '@/api/types';
import { Page } from '@/ui/page/Page';
import { viewsQuery } from '@/ui/record-list/views';
import classes from '../components/Board.module.css';
import { Column } from '../components/Column';
import { GateDrawer } from '../components/GateDrawer';
import { ShownAs } from '../components/ShownAs';
import { columnQuery } from '../queries';
import { useMoving } from '../use-moving';

// Opened seldom, so fetched when asked for.
const NewOpportunityDrawer = lazy(() => import('../components/NewOpportunityDrawer'));

/** The opportunities of a pipeline by their stages. */
export function BoardPage({
  pipeline: asked,
  view: askedView,
  isNew = false,
  onPipeline,
  onView,
  onNew,
}: {
  pipeline?: number;
  /** The view whose filters hold. */
  view?: number;
  /** Is a new opportunity being written? */
  isNew?: boolean;
  onPipeline: (id: number) => void;
  onView: (id: number | undefined) => void;
  onNew: (isNew: boolean) => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: all } = useSuspenseQuery(pipelinesQuery);
  const { data: views = [] } = useQuery(viewsQuery('opportunities'));
  const view = views.find(({ id }) => id === askedView);
  const criteria = view && Object.keys(view.criteria).length > 0 ? view.criteria : undefined;
  const moving = useMoving();
  const pipelines = all.filter((one) => !one.is_archived);
  const pipeline = pipelines.find(({ id }) => id === asked) ?? pipelines[0];
  const stages = pipeline?.stages ?? [];
  const move = (opportunity: Opportunity, from: Stage, to: Stage) => moving.run({ opportunity, from, to });
  const drop = (id: number, to: Stage) => {
    for (const from of stages) {
      const found = client
        .getQueryData(columnQuery(from, criteria).queryKey)
        ?.pages.flatMap((page) => page.cards)
        .find((one) => one.id === id);
      if (found && from.id !== to.id) move(found, from, to);
      if (found) return;
    }
  };
  return (
    <Page
      wide
      title={t('opportunities.title')}
      actions={
        <>
          {may(me, 'opportunity.write') && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onNew(true)}>
              {t('opportunities.new.title')}
            </Button>
          )}
          <ShownAs value="board" />
          {views.length > 0 && (
            <NativeSelect
              aria-label={t('opportunities.view')}
              value={view?.id ?? ''}
              data={[
                { value: '', label: t('opportunities.all') },
                ...views.map(({ id, name }) => ({ value: String(id), label: name })),
              ]}
              onChange={({ currentTarget: { value } }) => onView(value ? Number(value) : undefined)}
            />
          )}
          {pipelines.length > 1 && (
            <NativeSelect
              aria-label={t('opportunities.pipeline')}
              value={pipeline?.id}
              data={pipelines.map(({ id, name }) => ({ value: String(id), label: name }))}
              onChange={({ currentTarget: { value } }) => onPipeline(Number(value))}
            />
          )}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.board} aria-label={t('opportunities.board')} tabIndex={0}>
        {stages.map((stage) => (
          <Column
            key={stage.id}
            stage={stage}
            stages={stages}
            criteria={criteria}
            onMove={may(me, 'opportunity.write') ? (one, to) => move(one, stage, to) : undefined}
            onDropped={(id) => drop(id, stage)}
          />
        ))}
      </section>
      <Suspense>
        {isNew && may(me, 'opportunity.write') && (
          <NewOpportunityDrawer pipeline={pipeline?.id} onClose={() => onNew(false)} />
        )}
      </Suspense>
      {moving.asked && (
        <GateDrawer asked={moving.asked} isPending={moving.isPending} onSubmit={moving.run} onClose={moving.giveUp} />
      )}
    </Page>
  );
}
