import { Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { opportunityModelQuery } from '@/api/opportunity-model';
import { may, useMe } from '@/api/session';
import type { Pipeline } from '@/api/types';
import { PagePart } from '@/ui/page/Page';

const sources = ['stage', 'model'] as const;

/** What a pipeline can go by. */
export type ProbabilitySource = (typeof sources)[number];

/** Where the probability of open opportunities comes from: their stages, or the model that learned from history. */
export function ProbabilityPart({
  pipeline,
  onChange,
}: {
  pipeline: Pipeline;
  /** Absent where it may not be changed. */
  onChange?: (source: ProbabilitySource) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery({ ...opportunityModelQuery, enabled: may(me, 'opportunity.read') });
  const state = data && (data.model ? 'in_force' : 'none');
  return (
    <PagePart id="probability" title={t('pipelines.probability.title')} lead={t('pipelines.probability.hint')}>
      <Radio.Group
        aria-labelledby="probability"
        value={pipeline.probability_source}
        onChange={(value) => {
          const source = sources.find((one) => one === value);
          if (source) onChange?.(source);
        }}
      >
        <Stack gap="xs">
          {sources.map((source) => (
            <Radio
              key={source}
              value={source}
              disabled={!onChange && source !== pipeline.probability_source}
              label={t(`pipelines.probability.${source}`)}
              description={t(`pipelines.probability.${source}_hint`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {state && (
        <Text size="sm">
          {t(`pipelines.probability.model_${state}`, { version: data.model?.version })}{' '}
          {may(me, 'scoring.manage') && (
            <Link to="/settings/opportunity-model">{t('pipelines.probability.to_model')}</Link>
          )}
        </Text>
      )}
    </PagePart>
  );
}
