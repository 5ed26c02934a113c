import { ActionIcon, Badge, Button, Group } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordFieldsQuery } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Pipeline, Stage } from '@/api/types';
import { formatCount } from '@/lib/money';
import { useErrorText } from '@/ui/error-text';
import { PagePart } from '@/ui/page/Page';
import { SortableList } from '@/ui/sortable/SortableList';
import { showNote, showRefusal } from '@/ui/toasts';
import { countsQuery, type PipelineChange, useOrderStages, useSavePipeline } from '../queries';
import { mayGo, percentOf, stageName } from '../stages';
import { DeleteStageDialog } from './DeleteStageDialog';
import classes from './PipelinePart.module.css';
import { ProbabilityPart, type ProbabilitySource } from './ProbabilityPart';

/** A pipeline: what can be done with it, its open stages in order, and how it ends. */
export function PipelinePart({
  pipeline,
  onRename,
  onStage,
}: {
  pipeline: Pipeline;
  onRename: () => void;
  /** Opens the form of a stage, or of a new one. */
  onStage: (stage: number | 'new') => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'pipeline.manage');
  const textOf = useErrorText();
  const save = useSavePipeline();
  const order = useOrderStages();
  const [doomed, setDoomed] = useState<Stage>();
  const { data: counts } = useQuery({ ...countsQuery(pipeline.id), enabled: may(me, 'opportunity.read') });
  const open = pipeline.stages.filter(({ outcome }) => outcome === 'open');
  const ends = pipeline.stages.filter(({ outcome }) => outcome !== 'open');
  const refuse = (error: unknown) => showRefusal(textOf(error));
  const change = (changes: PipelineChange, said: string) =>
    save.mutate({ id: pipeline.id, ...changes }, { onSuccess: () => showNote(said), onError: refuse });
  const { name } = pipeline;

  const nameOf = (stage: Stage) => stageName(stage, i18n.language);
  const line = (stage: Stage) => (
    <div className={classes.stage}>
      <div className={classes.named}>
        {mayManage ? (
          <button type="button" className={classes.open} onClick={() => onStage(stage.id)}>
            {nameOf(stage)}
          </button>
        ) : (
          nameOf(stage)
        )}
        <Facts stage={stage} />
      </div>
      {counts && (
        <Link
          className={classes.count}
          to="/opportunities"
          search={{ pipeline: pipeline.id }}
          aria-label={t('pipelines.stage.inside_named', {
            count: counts.get(stage.id) ?? 0,
            number: formatCount(counts.get(stage.id) ?? 0, i18n.language),
            name: nameOf(stage),
          })}
        >
          {formatCount(counts.get(stage.id) ?? 0, i18n.language)}
        </Link>
      )}
      {mayManage && (
        <ActionIcon aria-label={t('pipelines.stage.edit', { name: nameOf(stage) })} onClick={() => onStage(stage.id)}>
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
      )}
      {mayManage && mayGo(stage, pipeline.stages) ? (
        <ActionIcon aria-label={t('pipelines.stage.delete', { name: nameOf(stage) })} onClick={() => setDoomed(stage)}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      ) : (
        <span className={classes.gap} />
      )}
    </div>
  );
  const list = (part: 'open' | 'ends', stages: Stage[], combine: (stages: Stage[]) => Stage[]) => (
    <SortableList
      label={t(`pipelines.${part}`)}
      items={stages}
      idOf={({ id }) => id}
      nameOf={nameOf}
      onOrder={mayManage ? (next) => order.mutate({ pipeline, stages: combine(next) }, { onError: refuse }) : undefined}
    >
      {line}
    </SortableList>
  );

  return (
    <>
      {mayManage && (
        <Group gap="xs">
          <Button variant="default" leftSection={<IconPencil size={15} aria-hidden />} onClick={onRename}>
            {t('pipelines.rename')}
          </Button>
          {!pipeline.is_default && !pipeline.is_archived && (
            <Button
              variant="default"
              onClick={() => change({ is_default: true }, t('pipelines.made_default', { name }))}
              loading={save.isPending}
            >
              {t('pipelines.make_default')}
            </Button>
          )}
          {!pipeline.is_default && (
            <Button
              variant="default"
              onClick={() =>
                change(
                  { is_archived: !pipeline.is_archived },
                  t(pipeline.is_archived ? 'pipelines.restored' : 'pipelines.was_archived', { name }),
                )
              }
              loading={save.isPending}
            >
              {t(pipeline.is_archived ? 'pipelines.restore' : 'pipelines.archive')}
            </Button>
          )}
        </Group>
      )}
      <PagePart
        id="open-stages"
        title={t('pipelines.open')}
        lead={t('pipelines.open_hint')}
        actions={
          mayManage && (
            <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onStage('new')}>
              {t('pipelines.stage.new')}
            </Button>
          )
        }
      >
        {list('open', open, (next) => [...next, ...ends])}
      </PagePart>
      <ProbabilityPart
        pipeline={pipeline}
        onChange={
          mayManage
            ? (probability_source: ProbabilitySource) =>
                change({ probability_source }, t(`pipelines.probability.now_${probability_source}`, { name }))
            : undefined
        }
      />
      <PagePart id="end-stages" title={t('pipelines.ends')} lead={t('pipelines.ends_hint')}>
        {list('ends', ends, (next) => [...open, ...next])}
      </PagePart>
      {doomed && (
        <DeleteStageDialog
          stage={doomed}
          stages={pipeline.stages}
          inside={counts?.get(doomed.id)}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

/** What there is to know of a stage, in a line. */
function Facts({ stage }: { stage: Stage }) {
  const { t, i18n } = useTranslation();
  const { data: fields } = useSuspenseQuery(recordFieldsQuery('opportunities'));
  const labelOf = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return (i18n.language === 'tr' ? field?.label_tr : field?.label_en) ?? name;
  };
  const { outcome, probability, category, rots_after_days, required_fields } = stage;
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 }).format(
    Number(percentOf(probability)) / 100,
  );
  return (
    <span className={classes.facts}>
      {outcome === 'open' ? (
        <span>{percent}</span>
      ) : (
        <Badge variant="light" size="sm" color={outcome === 'won' ? 'green' : 'red'}>
          {t(`pipelines.outcomes.${outcome}`)}
        </Badge>
      )}
      <span>{t(`pipelines.categories.${category}`)}</span>
      {rots_after_days && <span>{t('pipelines.stage.rots', { count: rots_after_days })}</span>}
      {required_fields.length > 0 && (
        <span>{t('pipelines.stage.asks', { fields: required_fields.map(labelOf).join(', ') })}</span>
      )}
    </span>
  );
}
