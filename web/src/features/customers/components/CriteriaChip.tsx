import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { asLanguage } from '@/lib/language';
import type { Criteria } from '@/ui/filters/criteria';
import { sentenceQuery } from '../table-queries';
import classes from './CriteriaChip.module.css';

/** A criteria that is more than a row of filters, as the sentence it makes; a press opens it. */
export function CriteriaChip({
  criteria,
  onOpen,
  onRemove,
}: {
  criteria: Criteria;
  onOpen: () => void;
  onRemove: () => void;
}) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(sentenceQuery(criteria));
  const sentence = data?.sentence[asLanguage(i18n.language)] ?? t('customers.criteria.title');
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
