import { MultiSelect, SegmentedControl, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { DateField } from '@/ui/DateField';
import { kindKey, kinds } from '../kinds';
import { actorsQuery, type OperationFilters } from '../queries';
import classes from './Filters.module.css';

/** By whom, of which kind, when. Only who may undo what others did sees theirs, and chooses between people. */
export function Filters({
  value,
  onChange,
}: {
  value: OperationFilters;
  onChange: (changes: OperationFilters) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const seesOthers = may(me, 'operation.undo_others');
  const { data: actors } = useQuery({ ...actorsQuery, enabled: seesOthers });
  const clearButtonProps = { 'aria-label': t('common.clear') };
  const chosen = value.kind?.split(',') ?? [];

  return (
    <div className={classes.filters}>
      {seesOthers && (
        <SegmentedControl
          size="xs"
          aria-label={t('operations.whose')}
          value={value.mine ? 'mine' : 'everybody'}
          onChange={(next) => onChange({ mine: next === 'mine' ? 'true' : undefined, actor: undefined })}
          data={[
            { value: 'everybody', label: t('operations.everybody') },
            { value: 'mine', label: t('operations.mine') },
          ]}
        />
      )}
      <MultiSelect
        size="xs"
        className={classes.kind}
        aria-label={t('operations.filter_kind')}
        placeholder={chosen.length === 0 ? t('operations.filter_kind') : undefined}
        data={kinds.map((kind) => ({ value: kind, label: t(kindKey(kind)) }))}
        value={chosen}
        onChange={(next) => onChange({ kind: next.join(',') || undefined })}
        searchable
        clearable
        clearButtonProps={clearButtonProps}
        nothingFoundMessage={t('common.nothing_found')}
      />
      {seesOthers && (actors?.length ?? 0) > 0 && (
        <Select
          size="xs"
          className={classes.person}
          aria-label={t('operations.filter_person')}
          placeholder={t('operations.filter_person')}
          data={(actors ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
          value={value.mine ? null : (value.actor ?? null)}
          onChange={(next) => onChange({ actor: next ?? undefined, mine: undefined })}
          searchable
          clearable
          clearButtonProps={clearButtonProps}
          nothingFoundMessage={t('common.nothing_found')}
        />
      )}
      <DateField
        size="xs"
        className={classes.date}
        aria-label={t('operations.from')}
        placeholder={t('operations.from')}
        value={value.from ?? null}
        maxDate={value.to}
        onChange={(next) => onChange({ from: next ?? undefined })}
        clearButtonProps={clearButtonProps}
        popoverProps={{ withinPortal: true }}
      />
      <DateField
        size="xs"
        className={classes.date}
        aria-label={t('operations.to')}
        placeholder={t('operations.to')}
        value={value.to ?? null}
        minDate={value.from}
        onChange={(next) => onChange({ to: next ?? undefined })}
        clearButtonProps={clearButtonProps}
        popoverProps={{ withinPortal: true }}
      />
    </div>
  );
}
