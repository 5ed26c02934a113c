import { Group, NativeSelect } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { DateField } from '@/ui/DateField';
import { type FigureParams, whoseQuery } from '../figures';

/** What the figures are asked of: pipeline, days, whose; and for the pipeline a past day on which to look, for a forecast its steps. */
export function FigureFilters({
  params,
  days,
  kind,
  onParams,
}: {
  params: FigureParams;
  /** Those that hold while none are in `params`. */
  days: { from: string; to: string };
  kind: 'pipeline' | 'forecast';
  onParams: (params: FigureParams) => void;
}) {
  const { t } = useTranslation();
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  const { data: whose } = useQuery(whoseQuery);
  const change = (more: FigureParams) => onParams({ ...params, ...more, behind: undefined });
  const number = (value: string) => (value ? Number(value) : undefined);
  const everybody = { value: '', label: t('opportunities.figures.everybody') };
  const optionsOf = (all: { id: number; name: string }[] = []) =>
    all.map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <Group gap="sm" align="end" role="group" aria-label={t('opportunities.figures.filters')}>
      <NativeSelect
        label={t('opportunities.pipeline')}
        value={params.pipeline ?? ''}
        data={[
          ...(kind === 'forecast' ? [{ value: '', label: t('opportunities.forecast.all_pipelines') }] : []),
          ...optionsOf(pipelines.filter((one) => !one.is_archived)),
        ]}
        onChange={({ currentTarget: { value } }) => change({ pipeline: number(value) })}
      />
      {kind === 'forecast' && (
        <NativeSelect
          label={t('opportunities.forecast.period')}
          value={params.period ?? 'quarter'}
          data={(['month', 'quarter'] as const).map((value) => ({
            value,
            label: t(`opportunities.forecast.${value}`),
          }))}
          onChange={({ currentTarget: { value } }) => change({ period: value === 'month' ? 'month' : 'quarter' })}
        />
      )}
      <DateField
        label={t('opportunities.figures.from')}
        value={params.from ?? days.from}
        onChange={(from) => change({ from: from ?? undefined })}
      />
      <DateField
        label={t('opportunities.figures.to')}
        value={params.to ?? days.to}
        onChange={(to) => change({ to: to ?? undefined })}
      />
      {kind === 'pipeline' && (
        <DateField
          label={t('opportunities.figures.as_of')}
          value={params.as_of ?? null}
          onChange={(day) => change({ as_of: day ?? undefined })}
        />
      )}
      <NativeSelect
        label={t('opportunities.figures.owner')}
        value={params.owner ?? ''}
        data={[everybody, ...optionsOf(whose?.owners)]}
        onChange={({ currentTarget: { value } }) => change({ owner: number(value) })}
      />
      <NativeSelect
        label={t('opportunities.figures.team')}
        value={params.team ?? ''}
        data={[everybody, ...optionsOf(whose?.teams)]}
        onChange={({ currentTarget: { value } }) => change({ team: number(value) })}
      />
    </Group>
  );
}
