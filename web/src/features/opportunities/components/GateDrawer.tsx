import { useTranslation } from 'react-i18next';
import { useLanguage } from '@/ui/use-language';
import type { Move } from '../queries';
import type { Asked } from '../use-moving';
import { MoveForm } from './MoveForm';

/** Asks for exactly what a stage wants before an opportunity may enter it. */
export function GateDrawer({
  asked: { move, error, fields },
  isPending,
  onSubmit,
  onClose,
}: {
  asked: Asked;
  isPending: boolean;
  onSubmit: (move: Move) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <MoveForm
      title={t('opportunities.gate', { stage: language === 'tr' ? move.to.name_tr : move.to.name_en })}
      submit={t('opportunities.move')}
      names={fields}
      error={error}
      isPending={isPending}
      onSubmit={(answers) => onSubmit({ ...move, answers: { ...move.answers, ...answers } })}
      onClose={onClose}
    />
  );
}
