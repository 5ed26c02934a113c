import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Opportunity, Stage } from '@/api/types';
import { Money } from '@/ui/Money';
import { useLanguage } from '@/ui/use-language';
import { When } from '@/ui/When';
import { daysInStage, isRotting } from '../rotting';
import classes from './Board.module.css';

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** An opportunity on the board; the menu, and Shift with an arrow, move it by keyboard, as dragging does by pointer. */
export function Card({
  opportunity,
  stage,
  stages,
  onMove,
}: {
  opportunity: Opportunity;
  stage: Stage;
  stages: Stage[];
  /** Absent where it may not be moved. */
  onMove?: (to: Stage) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { id, name, customer_name, amount, currency, expected_close_date, sales_rep_name } = opportunity;
  const days = daysInStage(opportunity.stage_entered_at);
  return (
    <li
      className={classes.card}
      draggable={onMove !== undefined}
      onDragStart={({ dataTransfer }) => dataTransfer.setData('text/plain', String(id))}
    >
      <div className={classes.head}>
        <Link
          to="/opportunities/$opportunityId"
          params={{ opportunityId: id }}
          aria-keyshortcuts={onMove && 'Shift+ArrowLeft Shift+ArrowRight'}
          onKeyDown={(event) => {
            if (!onMove || !event.shiftKey || !(event.key in steps)) return;
            event.preventDefault();
            const place = stages.findIndex((other) => other.id === stage.id) + (steps[event.key] ?? 0);
            const to = stages[place];
            if (to) onMove(to);
          }}
        >
          {name}
        </Link>
        {onMove && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t('opportunities.move_named', { name })}>
                <IconDotsVertical size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('opportunities.move_to')}</Menu.Label>
              {stages
                .filter((other) => other.id !== stage.id)
                .map((other) => (
                  <Menu.Item key={other.id} onClick={() => onMove(other)}>
                    {language === 'tr' ? other.name_tr : other.name_en}
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {customer_name && <div>{customer_name}</div>}
      <div className={classes.facts}>
        {amount !== null && (
          <strong>
            <Money amount={amount} currency={currency} compact />
          </strong>
        )}
        {expected_close_date && <When at={expected_close_date} />}
        {stage.outcome === 'open' && (
          <span data-rotting={isRotting(days, stage.rots_after_days) || undefined}>
            {t('opportunities.days', { count: days })}
          </span>
        )}
      </div>
      {sales_rep_name && <div className={classes.facts}>{sales_rep_name}</div>}
    </li>
  );
}
