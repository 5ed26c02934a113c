import { Badge, Button, Skeleton } from '@mantine/core';
import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { may, useMe } from '@/api/session';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Page } from '@/ui/page/Page';
import { LinkTabs } from '@/ui/tabs/LinkTabs';
import { PipelineDrawer } from '../components/PipelineDrawer';
import { PipelinePart } from '../components/PipelinePart';
import { StageDrawer } from '../components/StageDrawer';

/** What is chosen and open on the page, as the address bar says it. */
export interface PipelinesParams {
  pipeline?: string;
  /** Whose form is open: a stage's id, or `new`. */
  stage?: string;
  /** Is the form of a pipeline open: that of the chosen one, or of a new one? */
  form?: 'name' | 'new';
}

/** The pipelines and the stages of the chosen one. */
export function PipelinesPage({
  params,
  onParams,
}: {
  params: PipelinesParams;
  onParams: (params: PipelinesParams) => void;
}) {
  const { t } = useTranslation();
  const mayManage = may(useMe(), 'pipeline.manage');
  const { data, error, refetch } = useQuery(pipelinesQuery);
  const chosen =
    data?.find(({ id }) => String(id) === params.pipeline) ??
    // A link to a stage need not name its pipeline.
    data?.find(({ stages }) => stages.some(({ id }) => String(id) === params.stage)) ??
    data?.[0];
  const edited = chosen?.stages.find(({ id }) => String(id) === params.stage);
  const close = () => onParams({ pipeline: params.pipeline });
  const add = mayManage && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onParams({ ...params, form: 'new' })}>
      {t('pipelines.new')}
    </Button>
  );

  return (
    <Page wide title={t('common.settings.pipelines')} lead={t('pipelines.lead')} actions={add}>
      {error && !data && <ErrorState error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton height={420} />}
      {data?.length === 0 && (
        <EmptyState icon={IconRoute} title={t('pipelines.none')} text={t('pipelines.none_text')}>
          {add}
        </EmptyState>
      )}
      {data && chosen && (
        <>
          <LinkTabs
            label={t('common.settings.pipelines')}
            current={chosen.id}
            tabs={data.map(({ id, name, is_default, is_archived }) => ({
              id,
              to: '/settings/pipelines',
              search: { pipeline: String(id) },
              label: (
                <>
                  {name}
                  {is_default && (
                    <Badge variant="light" size="sm">
                      {t('pipelines.default')}
                    </Badge>
                  )}
                  {is_archived && (
                    <Badge variant="light" color="gray" size="sm">
                      {t('pipelines.archived')}
                    </Badge>
                  )}
                </>
              ),
            }))}
          />
          <PipelinePart
            key={chosen.id}
            pipeline={chosen}
            onRename={() => onParams({ ...params, form: 'name' })}
            onStage={(stage) => onParams({ pipeline: params.pipeline, stage: String(stage) })}
          />
          {mayManage && (params.stage === 'new' || edited) && (
            <StageDrawer key={params.stage} pipeline={chosen} stage={edited} onClose={close} />
          )}
        </>
      )}
      {mayManage && (params.form === 'new' || (params.form && chosen)) && (
        <PipelineDrawer
          pipeline={params.form === 'new' ? undefined : chosen}
          onClose={close}
          onSaved={(pipeline) => onParams({ pipeline: String(pipeline.id) })}
        />
      )}
    </Page>
  );
}
