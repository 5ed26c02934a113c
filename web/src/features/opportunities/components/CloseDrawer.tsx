import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Opportunity, Stage } from '@/api/types';
import { showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { useMove } from '../queries';
import { MoveForm } from './MoveForm';

/** Won or lost: why, against whom, and what else the stage asks for. */
export function CloseDrawer({
  opportunity,
  from,
  to,
  onClose,
}: {
  opportunity: Opportunity;
  from: Stage;
  to: Stage;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const move = useMove();
  const names = [
    ...new Set([to.outcome === 'won' ? 'win_reason' : 'loss_reason', 'competitor', ...to.required_fields]),
  ];
  return (
    <MoveForm
      title={language === 'tr' ? to.name_tr : to.name_en}
      submit={t('common.save')}
      names={names}
      initial={Object.fromEntries(names.map((name) => [name, String(opportunity[name as keyof Opportunity] ?? '')]))}
      error={move.error instanceof ApiError ? move.error : undefined}
      isPending={move.isPending}
      onSubmit={(written) => {
        const answers = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== ''));
        move.mutate(
          { opportunity, from, to, answers },
          {
            onSuccess: ({ operation }) => {
              onClose();
              showUndo(t('opportunities.moved'), operation);
            },
          },
        );
      }}
      onClose={onClose}
    />
  );
}
