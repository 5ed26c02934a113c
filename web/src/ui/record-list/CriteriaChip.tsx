import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { recordSentenceQuery } from '@/api/record-fields';
import type { RecordKind } from '@/api/records';
import { asLanguage } from '@/lib/language';
import classes from '../filters/Chip.module.css';
import type { Criteria } from '../filters/criteria';

/** A criteria that is more than a row of filters, as the sentence it makes; a press opens it. */
export function CriteriaChip({
  kind,
  criteria,
  onOpen,
  onRemove,
}: {
  kind: RecordKind;
  criteria: Criteria;
  onOpen: () => void;
  onRemove: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(recordSentenceQuery(kind, criteria));
  const sentence = data?.sentence[asLanguage(i18n.language)] ?? t('common.list.conditions');
  return (
    <span className={classes.chip}>
      <button type="button" className={classes.text} title={sentence} onClick={onOpen}>
        {sentence}
      </button>
      <button type="button" className={classes.remove} aria-label={t('common.filter.clear')} onClick={onRemove}>
        <IconX size={13} aria-hidden />
      </button>
    </span>
  );
}
