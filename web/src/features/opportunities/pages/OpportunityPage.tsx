import { Badge, Button, Group } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, meQuery } from '@/api/session';
import { FactList } from '@/ui/facts/FactList';
import type { Fact, FactKind } from '@/ui/facts/fact';
import { Money } from '@/ui/Money';
import { Page, PagePart } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { GateDrawer } from '../components/GateDrawer';
import { opportunityFieldsQuery, opportunityQuery, pipelinesQuery, useChangeOpportunity } from '../queries';
import { useMoving } from '../use-moving';

const shown = [
  'name',
  'next_step',
  'amount',
  'probability',
  'category',
  'is_category_pinned',
  'expected_close_date',
  'source',
  'competitor',
  'description',
  'win_reason',
  'loss_reason',
];
const kinds: Record<string, FactKind> = {
  boolean: 'yes-no',
  choice: 'choice',
  date: 'date',
  money: 'money',
  number: 'number',
};

/** An opportunity: where it stands, what it is worth, and its facts, changed in place. */
export function OpportunityPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const isTurkish = useLanguage() === 'tr';
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: opportunity } = useSuspenseQuery(opportunityQuery(id));
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  const { data: fields } = useSuspenseQuery(opportunityFieldsQuery);
  const { mutateAsync } = useChangeOpportunity();
  const moving = useMoving();
  const isWriter = may(me, 'opportunity.write');
  const stages = pipelines.find((one) => one.id === opportunity.pipeline)?.stages ?? [];
  const current = stages.find((stage) => stage.id === opportunity.stage_id);
  const source = fields
    .find(({ name }) => name === 'probability_source')
    ?.choices.find(({ value }) => value === opportunity.probability_source);
  const facts = shown.flatMap((name): Fact[] => {
    const field = fields.find((one) => one.name === name);
    if (!field) return [];
    return [
      {
        name,
        label: isTurkish ? field.label_tr : field.label_en,
        kind: kinds[field.kind] ?? 'text',
        value: opportunity[name as keyof typeof opportunity],
        choices: field.choices.map((one) => ({
          value: one.value,
          label: isTurkish ? one.label_tr : one.label_en,
        })),
        currency: opportunity.currency,
        readOnly: !field.is_writable,
      },
    ];
  });
  return (
    <Page
      title={opportunity.name}
      lead={
        opportunity.customer !== null && (
          <Link to="/customers/$customerId" params={{ customerId: opportunity.customer }}>
            {opportunity.customer_name}
          </Link>
        )
      }
    >
      <Group gap="xs" role="group" aria-label={t('opportunities.stages')}>
        {stages.map((stage) => (
          <Button
            key={stage.id}
            size="compact-sm"
            variant={stage === current ? 'filled' : 'default'}
            aria-current={stage === current ? 'step' : undefined}
            disabled={!isWriter && stage !== current}
            onClick={() =>
              isWriter && current && stage !== current && moving.run({ opportunity, from: current, to: stage })
            }
          >
            {isTurkish ? stage.name_tr : stage.name_en}
          </Button>
        ))}
      </Group>
      <Group gap="xs">
        {opportunity.amount !== null && (
          <strong>
            <Money amount={opportunity.amount} currency={opportunity.currency} />
          </strong>
        )}
        {source && <Badge variant="default">{isTurkish ? source.label_tr : source.label_en}</Badge>}
      </Group>
      <PagePart id="facts" title={t('opportunities.facts')}>
        <FactList
          groups={[{ name: 'facts', label: t('opportunities.deal'), facts }]}
          readOnly={!isWriter}
          onSave={async (name, value) => {
            const { operation } = await mutateAsync({ opportunity, changes: { [name]: value } });
            showUndo(t('opportunities.saved'), operation);
          }}
        />
      </PagePart>
      {moving.asked && (
        <GateDrawer asked={moving.asked} isPending={moving.isPending} onSubmit={moving.run} onClose={moving.giveUp} />
      )}
    </Page>
  );
}
