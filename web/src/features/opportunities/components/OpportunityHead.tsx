import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconTargetArrow, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Opportunity, Stage } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { PersonBadge } from '@/ui/PersonBadge';
import { Favourite } from '@/ui/record-page/Favourite';
import { Here } from '@/ui/record-page/Here';
import { RecordHead } from '@/ui/record-page/RecordHead';
import headClasses from '@/ui/record-page/RecordHead.module.css';
import { useDeletion } from '@/ui/record-page/use-deletion';

/** Which opportunity it is, whose, who else has it open, where it stands, and what can be done with it. */
export function OpportunityHead({
  opportunity,
  stages,
  nameOf,
  onStage,
  onReopen,
  isEditing,
  children,
}: {
  opportunity: Opportunity;
  stages: Stage[];
  nameOf: (stage: Stage) => string;
  /** Absent where it may not be moved. */
  onStage: ((stage: Stage) => void) | undefined;
  onReopen: () => void;
  isEditing: boolean;
  /** What it is worth. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { id, name, customer, customer_name, opportunity_number, sales_rep_name, stage_id, outcome } = opportunity;
  const deletion = useDeletion({
    kind: 'opportunities',
    id,
    name,
    onGone: () => navigate({ to: '/opportunities' }),
  });
  const mayDelete = may(me, 'opportunity.delete');
  useCommands(
    name,
    mayDelete ? [{ id: 'opportunity.delete', label: deletion.label, icon: IconTrash, run: deletion.ask }] : [],
  );
  const ends = stages.filter((stage) => stage.outcome !== 'open');
  return (
    <RecordHead
      back={
        <Link to="/opportunities">
          <IconChevronLeft size={13} aria-hidden />
          {t('opportunities.title')}
        </Link>
      }
      present={<Here kind="opportunities" id={id} isEditing={isEditing} />}
      icon={IconTargetArrow}
      title={name}
      star={<Favourite kind="opportunities" id={id} name={name} />}
      under={
        <>
          {customer !== null && (
            <Link to="/customers/$customerId" params={{ customerId: customer }}>
              {customer_name}
            </Link>
          )}
          <span className={headClasses.code}>{opportunity_number}</span>
          {sales_rep_name && <PersonBadge name={sales_rep_name} />}
        </>
      }
      actions={
        <>
          {onStage &&
            outcome === 'open' &&
            ends.map((stage) => (
              <Button
                key={stage.id}
                variant="default"
                aria-label={t('opportunities.close_as', { stage: nameOf(stage) })}
                onClick={() => onStage(stage)}
              >
                {nameOf(stage)}
              </Button>
            ))}
          {onStage && outcome !== 'open' && (
            <Button variant="default" onClick={onReopen}>
              {t('opportunities.reopen')}
            </Button>
          )}
          {mayDelete && (
            <Button variant="default" leftSection={<IconTrash size={15} aria-hidden />} onClick={deletion.ask}>
              {deletion.label}
            </Button>
          )}
        </>
      }
    >
      <Group gap={6} mt="sm" role="group" aria-label={t('opportunities.stages')}>
        {stages
          // To the ends lead the buttons above.
          .filter((stage) => stage.outcome === 'open' || stage.id === stage_id)
          .map((stage) => (
            <Button
              key={stage.id}
              size="compact-sm"
              variant={stage.id === stage_id ? 'filled' : 'default'}
              aria-current={stage.id === stage_id ? 'step' : undefined}
              disabled={!onStage && stage.id !== stage_id}
              onClick={() => onStage?.(stage)}
            >
              {nameOf(stage)}
            </Button>
          ))}
      </Group>
      {children}
      {deletion.dialog}
    </RecordHead>
  );
}
