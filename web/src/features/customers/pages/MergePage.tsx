import { Alert, Button, Switch } from '@mantine/core';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type CSSProperties, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import type { Customer360, MergePreview } from '@/api/types';
import { formatCount } from '@/lib/money';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { FactValue } from '@/ui/facts/FactValue';
import { type Fact, isEmptyFact } from '@/ui/facts/fact';
import { factKind } from '@/ui/facts/record-fact';
import { Page, PagePart } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { type Kept, mergePreviewQuery, useMerge } from '../merge';
import { customerQuery } from '../queries';
import classes from './MergePage.module.css';

/** Several records side by side: which one stays, whose value of each field, and what comes of it. The choices are in the address bar. */
export function MergePage({
  ids,
  winner,
  kept,
  onChoice,
}: {
  ids: number[];
  winner: number;
  kept: Kept;
  onChoice: (winner: number, kept: Kept) => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const me = useMe();
  const navigate = useNavigate();
  const merge = useMerge();
  const request = { winner_id: winner, loser_ids: ids.filter((id) => id !== winner), fields: kept };
  const { data: preview, error, refetch, isPlaceholderData } = useQuery(mergePreviewQuery(request));
  const customers = useQueries({ queries: ids.map(customerQuery) });
  const loaded = customers.map(({ data }) => data);

  if (ids.length < 2 || !(may(me, 'customer.merge') && may(me, 'customer.write'))) {
    return (
      <Page title={t('customers.merge.title')}>
        <EmptyState
          icon={IconArrowsJoin}
          title={t(ids.length < 2 ? 'customers.merge.too_few' : 'customers.merge.forbidden')}
        >
          <Button component={Link} to="/customers" variant="default">
            {t('customers.merge.to_customers')}
          </Button>
        </EmptyState>
      </Page>
    );
  }

  const run = () =>
    merge.mutate(request, {
      onSuccess: ({ winner_id, operation_id, customer }) => {
        showUndo(t('customers.merge.done', { name: customer.name }), operation_id);
        navigate({ to: '/customers/$customerId', params: { customerId: winner_id } });
      },
    });

  return (
    <Page wide title={t('customers.merge.title')} lead={t('customers.merge.lead')}>
      {error && !preview ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <>
          <Fields
            ids={ids}
            nameOf={(id) => loaded[ids.indexOf(id)]?.profile.name ?? t('customers.merge.number', { id })}
            winner={winner}
            kept={kept}
            preview={preview}
            onChoice={onChoice}
          />
          <Together ids={ids} customers={loaded} preview={preview} />
          {(merge.error || error) && (
            <Alert color="red" variant="light" role="alert">
              {textOf(merge.error ?? error)}
            </Alert>
          )}
          <div className={classes.foot}>
            <Button component={Link} to="/customers/duplicates" variant="default">
              {t('common.cancel')}
            </Button>
            <Button loading={merge.isPending} disabled={!preview || isPlaceholderData || !!error} onClick={run}>
              {t('customers.merge.run', { count: ids.length })}
            </Button>
          </div>
        </>
      )}
    </Page>
  );
}

function Fields({
  ids,
  nameOf,
  winner,
  kept,
  preview,
  onChoice,
}: {
  ids: number[];
  nameOf: (id: number) => string;
  winner: number;
  kept: Kept;
  preview: MergePreview | undefined;
  onChoice: (winner: number, kept: Kept) => void;
}) {
  const { t, i18n } = useTranslation();
  const { byName } = useCustomerFields();
  const [all, showAll] = useState(false);
  const fields = preview?.fields ?? [];
  const differing = fields.filter((field) => field.differs);
  const columns = { '--columns': ids.length } as CSSProperties;

  const factOf = (name: string, label: string, value: unknown): Fact => {
    const field = byName.get(name);
    const shown = field?.kind === 'reference' && value !== null ? String(value) : value;
    return { name, label, kind: field ? factKind(field) : 'text', value: shown, choices: field?.choices };
  };
  const shownValue = (fact: Fact) =>
    isEmptyFact(fact) ? <span className={classes.dim}>{t('customers.merge.empty')}</span> : <FactValue fact={fact} />;

  return (
    <PagePart
      id="merge-fields"
      title={t('customers.merge.choose')}
      actions={
        <Switch
          label={t('customers.merge.all_fields')}
          checked={all}
          onChange={(event) => showAll(event.currentTarget.checked)}
        />
      }
    >
      <div className={classes.grid} style={columns} aria-busy={!preview}>
        <div className={classes.row} role="radiogroup" aria-labelledby="merge-winner">
          <span className={classes.label} id="merge-winner">
            {t('customers.merge.winner')}
          </span>
          {ids.map((id) => (
            <label key={id} className={classes.choice} data-head>
              <input type="radio" name="winner" checked={id === winner} onChange={() => onChoice(id, kept)} />
              <b>{nameOf(id)}</b>
            </label>
          ))}
          <span className={classes.result} data-head>
            {t('customers.merge.result')}
          </span>
        </div>
        {!preview && [1, 2, 3, 4].map((place) => <div key={place} className={classes.skeleton} />)}
        {preview && differing.length === 0 && !all && <p className={classes.dim}>{t('customers.merge.none_differ')}</p>}
        {(all ? fields : differing).map(({ field, label_tr, label_en, differs, merged, values }) => {
          const label = i18n.language === 'tr' ? label_tr : label_en;
          const labelId = `merge-${field}`;
          const stays = (id: number) =>
            kept[field] === undefined
              ? same(values.find(({ customer_id }) => customer_id === id)?.value, merged) &&
                id === values.find(({ value }) => same(value, merged))?.customer_id
              : kept[field] === id;
          return (
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a radiogroup and a group may both be named
            <div key={field} className={classes.row} role={differs ? 'radiogroup' : 'group'} aria-labelledby={labelId}>
              <span className={classes.label} id={labelId}>
                {label}
              </span>
              {ids.map((id) => {
                const fact = factOf(field, label, values.find(({ customer_id }) => customer_id === id)?.value ?? null);
                return differs ? (
                  <label key={id} className={classes.choice} data-chosen={stays(id) || undefined}>
                    <input
                      type="radio"
                      name={`field-${field}`}
                      checked={stays(id)}
                      onChange={() => onChoice(winner, { ...kept, [field]: id })}
                    />
                    <span>
                      <span className={classes.whose}>{nameOf(id)}: </span>
                      {shownValue(fact)}
                    </span>
                  </label>
                ) : (
                  <span key={id} className={classes.choice}>
                    <span>
                      <span className={classes.whose}>{nameOf(id)}: </span>
                      {shownValue(fact)}
                    </span>
                  </span>
                );
              })}
              <span className={classes.result}>
                <span className={classes.whose}>{t('customers.merge.result')}: </span>
                {shownValue(factOf(field, label, merged))}
              </span>
            </div>
          );
        })}
      </div>
    </PagePart>
  );
}

/** What hangs on the records and comes to hang on the one: how much each brings, and how much there will be. */
function Together({
  ids,
  customers,
  preview,
}: {
  ids: number[];
  customers: (Customer360 | undefined)[];
  preview: MergePreview | undefined;
}) {
  const { t, i18n } = useTranslation();
  const known = customers.filter((customer) => customer !== undefined);
  if (known.length < ids.length || !preview) return null;
  const tags = new Set(known.flatMap((customer) => customer.profile.tags ?? []));
  const lines: [string, (customer: Customer360) => number, number | undefined][] = [
    ['contact_points', (customer) => customer.contact_points.length, preview.contact_points.length],
    ['addresses', (customer) => customer.addresses.length, preview.addresses.length],
    ['tags', (customer) => (customer.profile.tags ?? []).length, tags.size],
    ['relations', (customer) => customer.relations.count, undefined],
    ['consents', (customer) => customer.consents.length, undefined],
    ['events', (customer) => customer.figures.events, undefined],
  ];
  const number = (count: number) => formatCount(count, i18n.language);
  return (
    <PagePart id="merge-together" title={t('customers.merge.together')} lead={t('customers.merge.together_text')}>
      <ul className={classes.together}>
        {lines.map(([name, countOf, after]) => {
          const counts = known.map(countOf);
          if (counts.every((count) => count === 0)) return null;
          return (
            <li key={name}>
              <b>{t(`customers.merge.${name}`)}</b> {counts.map(number).join(' + ')}
              {after !== undefined && ` → ${number(after)}`}
            </li>
          );
        })}
      </ul>
    </PagePart>
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
