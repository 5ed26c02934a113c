import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { FieldInput } from '@/ui/form/FieldInput';
import { useLanguage } from '@/ui/use-language';
import { recurrenceQuery } from '../queries';
import { endingOn, repeatsOf } from '../recurrence';
import classes from './Activity.module.css';

/** How an activity repeats and until when; what that means is said beneath it. */
export function RecurrenceField({
  label,
  due,
  repeat,
  until,
  onRepeat,
  onUntil,
  error,
}: {
  label: string;
  /** When it is first. */
  due: string;
  /** The choice among the usual rules; empty is not at all. */
  repeat: string;
  until: string;
  onRepeat: (repeat: string) => void;
  onUntil: (day: string) => void;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rule = ruleOf(repeat, until, due);
  const { data } = useQuery(recurrenceQuery(rule, due));
  return (
    <>
      <Select
        label={label}
        placeholder={t('activities.repeat.never')}
        data={repeatsOf(due).map(({ id }) => ({ value: id, label: t(`activities.repeat.${id}`) }))}
        value={repeat || null}
        onChange={(next) => onRepeat(next ?? '')}
        error={error}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
      />
      {repeat && (
        <>
          <FieldInput
            kind="date"
            label={t('activities.repeat.until')}
            value={until}
            onChange={(day) => onUntil(String(day ?? ''))}
          />
          <p className={classes.dim} role="status">
            {language === 'tr' ? data?.said.tr : data?.said.en}
          </p>
        </>
      )}
    </>
  );
}

/** The rule that was chosen; empty is none. */
export const ruleOf = (repeat: string, until: string, due: string) =>
  endingOn(repeatsOf(due).find(({ id }) => id === repeat)?.rule ?? '', until);
