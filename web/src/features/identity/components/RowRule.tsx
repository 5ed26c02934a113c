import { Alert, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/client';
import { useCustomerFields } from '@/api/customer-fields';
import { asLanguage } from '@/lib/language';
import { useErrorText } from '@/ui/error-text';
import { CriteriaBuilder } from '@/ui/filters/CriteriaBuilder';
import { type Criteria, criteriaOf, filtersOf } from '@/ui/filters/criteria';
import { criteriaOfDraft, type DraftGroup, draftOf, isComplete } from '@/ui/filters/draft';
import { FilterBar } from '@/ui/filters/FilterBar';
import classes from './RowRule.module.css';

type Rule = Record<string, unknown>;

const unmarked = new Map<string, string>();

/** On which customers a role holds: conditions as for a list, in groups where chips cannot show them, and what they say. */
export function RowRule({
  value,
  error,
  onChange,
}: {
  value: Rule | undefined;
  /** What the server said of it. */
  error?: string;
  onChange: (criteria: Rule | undefined) => void;
}) {
  const { t } = useTranslation();
  const { list: fields } = useCustomerFields();
  const [filters, setFilters] = useState(() => (value ? filtersOf(value as unknown as Criteria) : []));
  const [draft, setDraft] = useState(() => draftOf((value ?? { all: [] }) as unknown as Criteria));
  const change = (next: NonNullable<typeof filters>) => {
    setFilters(next);
    onChange(next.length > 0 ? (criteriaOf(next, fields) as unknown as Rule) : undefined);
  };
  const rewrite = (next: DraftGroup) => {
    setDraft(next);
    if (isComplete(next, fields)) onChange(criteriaOfDraft(next, fields).criteria as unknown as Rule);
  };
  return (
    <div className={classes.rule}>
      {filters ? (
        <FilterBar fields={fields} value={filters} onChange={change} />
      ) : (
        <>
          <CriteriaBuilder fields={fields} value={draft} onChange={rewrite} errors={unmarked} />
          <Button variant="default" onClick={() => change([])}>
            {t('identity.roles.drop_rule')}
          </Button>
        </>
      )}
      {value ? <Sentence criteria={value} /> : <p className={classes.said}>{t('identity.roles.no_rule')}</p>}
      {error && (
        <Alert color="red" variant="light" role="alert">
          {error}
        </Alert>
      )}
    </div>
  );
}

/** The criteria in words, and how many customers it finds. */
function Sentence({ criteria }: { criteria: Rule }) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const { data, error } = useQuery({
    queryKey: ['criteria', criteria],
    queryFn: async ({ signal }) =>
      (await http.POST('/api/v1/crm/customers/criteria/', { body: { criteria }, signal })).data,
  });
  if (error)
    return (
      <Alert color="red" variant="light" role="alert">
        {textOf(error)}
      </Alert>
    );
  if (!data) return <Skeleton height={18} width={240} />;
  const number = new Intl.NumberFormat(i18n.language).format(data.count);
  return (
    <p className={classes.said} aria-live="polite">
      {t('identity.roles.rule', {
        sentence: data.sentence[asLanguage(i18n.language)],
        number: data.count_is_capped ? `${number}+` : number,
      })}
    </p>
  );
}
