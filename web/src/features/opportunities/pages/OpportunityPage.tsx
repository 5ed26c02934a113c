import { Button, Group } from '@mantine/core';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FocusEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalField } from '@/api/customer-fields';
import { pipelinesQuery } from '@/api/pipelines';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import type { Stage } from '@/api/types';
import { formatDate } from '@/lib/dates';
import { ConflictDialog } from '@/ui/ConflictDialog';
import { useErrorText } from '@/ui/error-text';
import { FactList } from '@/ui/facts/FactList';
import { changeOf } from '@/ui/facts/record-fact';
import { showRefusal } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { CloseDrawer } from '../components/CloseDrawer';
import { GateDrawer } from '../components/GateDrawer';
import { Head } from '../components/Head';
import { Lines } from '../components/Lines';
import { Stakeholders } from '../components/Stakeholders';
import { Stays, Story } from '../components/Story';
import { Worth } from '../components/Worth';
import { factGroups } from '../facts';
import { opportunityQuery } from '../queries';
import { timelineQuery } from '../record-queries';
import { staysOf } from '../stays';
import { useMoving } from '../use-moving';
import { useSaving } from '../use-saving';
import classes from './OpportunityPage.module.css';

/** An opportunity: where it stands, what it is worth, what is sold to whom, and what happened. */
export function OpportunityPage({ id }: { id: number }) {
  const { t, i18n } = useTranslation();
  const isTurkish = useLanguage() === 'tr';
  const textOf = useErrorText();
  const isWriter = may(useMe(), 'opportunity.write');
  const { data: opportunity } = useSuspenseQuery(opportunityQuery(id));
  const { data: pipelines } = useSuspenseQuery(pipelinesQuery);
  const { list, byName } = useRecordFields('opportunities');
  const groups = useMemo(() => factGroups(opportunity, list, t), [opportunity, list, t]);
  const moving = useMoving();
  const saving = useSaving(id);
  const [closing, setClosing] = useState<Stage | undefined>();
  const [isEditing, setEditing] = useState(false);
  // The others who are here are told.
  const watchEditing = {
    onFocus: ({ target }: FocusEvent) => setEditing(target.matches('input:not([type=radio]), textarea')),
    onBlur: () => setEditing(false),
  };
  const { data: history } = useInfiniteQuery(timelineQuery(id, 'opportunity.updated'));
  const stages = pipelines.find((one) => one.id === opportunity.pipeline)?.stages ?? [];
  const current = stages.find((stage) => stage.id === opportunity.stage_id);
  const nameOf = (stage: Stage) => (isTurkish ? stage.name_tr : stage.name_en);

  const go = (to: Stage) => {
    if (!current || to === current) return;
    if (to.outcome === 'open') moving.run({ opportunity, from: current, to });
    else setClosing(to);
  };
  const reopen = () => {
    const before = staysOf(opportunity, history?.pages.flatMap((page) => page.results) ?? []).at(-1)?.stage;
    const open = stages.filter((stage) => stage.outcome === 'open');
    const to = open.find((stage) => stage.key === before) ?? open[0];
    if (to) go(to);
  };

  return (
    <div className={classes.page} {...watchEditing}>
      <Link to="/opportunities" className={classes.back}>
        {t('opportunities.title')}
      </Link>
      <Head opportunity={opportunity} isEditing={isEditing}>
        {isWriter &&
          opportunity.outcome === 'open' &&
          stages
            .filter((stage) => stage.outcome !== 'open')
            .map((stage) => (
              <Button
                key={stage.id}
                variant="default"
                aria-label={t('opportunities.close_as', { stage: nameOf(stage) })}
                onClick={() => setClosing(stage)}
              >
                {nameOf(stage)}
              </Button>
            ))}
        {isWriter && opportunity.outcome !== 'open' && (
          <Button variant="default" onClick={reopen}>
            {t('opportunities.reopen')}
          </Button>
        )}
      </Head>
      <Group gap={6} my="sm" role="group" aria-label={t('opportunities.stages')}>
        {stages.map((stage) => (
          <Button
            key={stage.id}
            size="compact-sm"
            variant={stage === current ? 'filled' : 'default'}
            aria-current={stage === current ? 'step' : undefined}
            disabled={!isWriter && stage !== current}
            onClick={() => isWriter && go(stage)}
          >
            {nameOf(stage)}
          </Button>
        ))}
      </Group>
      <Worth
        opportunity={opportunity}
        fields={byName}
        onChange={
          isWriter ? (changes) => saving.save(changes).catch((error: unknown) => showRefusal(textOf(error))) : undefined
        }
      />
      <div className={classes.grid}>
        <div>
          <h2 className="visually-hidden">{t('opportunities.facts')}</h2>
          <FactList
            groups={groups}
            readOnly={!isWriter}
            onSave={(name, value) => saving.save(changeOf(byName.get(name) as LocalField, value))}
          />
        </div>
        <div className={classes.main}>
          <Lines opportunity={opportunity} readOnly={!isWriter} />
          <Stakeholders opportunity={opportunity} readOnly={!isWriter} />
          <Stays opportunity={opportunity} stages={stages} />
          <Story opportunity={opportunity} fields={byName} stages={stages} readOnly={!isWriter} />
        </div>
      </div>
      {moving.asked && (
        <GateDrawer asked={moving.asked} isPending={moving.isPending} onSubmit={moving.run} onClose={moving.giveUp} />
      )}
      {closing && current && (
        <CloseDrawer
          key={closing.id}
          opportunity={opportunity}
          from={current}
          to={closing}
          fields={byName}
          onClose={() => setClosing(undefined)}
        />
      )}
      <ConflictDialog
        conflicts={saving.conflicts}
        labelOf={(name) => byName.get(name)?.label ?? name}
        say={(name, value) => say(byName.get(name), value, i18n.language)}
        onResolve={saving.resolve}
        onClose={saving.giveUp}
      />
    </div>
  );
}

/** A value in words, for a sentence. */
function say(field: LocalField | undefined, value: unknown, language: string): string {
  if (value === null || value === undefined || value === '') return '';
  const choice = field?.choices.find((one) => one.value === String(value));
  if (choice) return choice.label;
  return field?.kind === 'date' ? formatDate(String(value), 'date', language) : String(value);
}
