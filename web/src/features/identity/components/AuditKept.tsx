import { NumberInput, Switch } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { formatDate } from '@/lib/dates';
import { formatCount } from '@/lib/money';
import { auditRetentionQuery } from '../organisation';
import classes from '../pages/Settings.module.css';

const SHORTEST = 12;
const USUAL = 120;

/** For how long the audit is kept, and what would be deleted today. */
export function AuditKept({
  months,
  saved,
  error,
  onChange,
}: {
  /** None is for ever. */
  months: number | null;
  saved: number | null;
  error: ReactNode;
  onChange: (months: number | null) => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const mayRead = may(me, 'audit.read');
  const [asked] = useDebouncedValue(months, 300);
  const { data } = useQuery({
    ...auditRetentionQuery(asked ?? 0),
    enabled: mayRead && asked !== null && asked >= SHORTEST,
    placeholderData: keepPreviousData,
  });
  return (
    <div>
      <Switch
        label={t('identity.organisation.audit_for_ever')}
        checked={months === null}
        onChange={({ currentTarget: { checked } }) => onChange(checked ? null : (saved ?? USUAL))}
      />
      {months !== null && (
        <>
          <NumberInput
            mt="sm"
            label={t('identity.organisation.audit_months')}
            description={t('identity.organisation.audit_months_hint')}
            min={SHORTEST}
            max={1200}
            clampBehavior="none"
            allowDecimal={false}
            value={months}
            onChange={(value) => onChange(Number(value))}
            error={error}
          />
          <p className={classes.example} aria-live="polite">
            {data?.before &&
              months >= SHORTEST &&
              t('identity.organisation.audit_ends', {
                count: data.entries,
                number: formatCount(data.entries, i18n.language),
                day: formatDate(data.before, 'date', i18n.language),
              })}
          </p>
        </>
      )}
    </div>
  );
}
