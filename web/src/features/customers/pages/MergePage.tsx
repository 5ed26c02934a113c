import { Alert, Button, Group, Radio } from '@mantine/core';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCustomerFields } from '@/api/customer-fields';
import { may, useMe } from '@/api/session';
import type { Customer360, MergePreview } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { FactValue } from '@/ui/facts/FactValue';
import { isEmptyFact } from '@/ui/facts/fact';
import { Page, PagePart } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { factKind } from '../facts';
import { mergedQuery, mergePreviewQuery, useMerge } from '../merge';
import classes from './MergePage.module.css';

/** Several records become one: which stays, and whose value each field keeps. What it would make is shown before it is done. */
export function MergePage({ ids }: { ids: number[] }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const [winner, setWinner] = useState(ids[0] ?? 0);
  const [fields, setFields] = useState<Record<string, number>>({});
  const choice = { winner_id: winner, loser_ids: ids.filter((id) => id !== winner), fields };
  const records = useQuery({ ...mergedQuery(ids), enabled: ids.length > 1 });
  const preview = useQuery({
    ...mergePreviewQuery(choice),
    enabled: ids.length > 1,
    placeholderData: (before) => before,
  });
  const merge = useMerge();

  if (ids.length < 2)
    return (
      <Page title={t('customers.merge.title')}>
        <Alert color="orange">{t('customers.merge.too_few')}</Alert>
      </Page>
    );
  const failed = records.error ?? (preview.data ? undefined : preview.error);
  if (failed)
    return (
      <ErrorState
        heading="h1"
        error={failed}
        onRetry={() => {
          records.refetch();
          preview.refetch();
        }}
      />
    );
  const submit = () =>
    merge.mutate(choice, {
      onSuccess: (operation) => {
        const name = records.data?.find(({ profile }) => profile.id === winner)?.profile.name;
        showUndo(t('customers.merge.done', { name }), operation);
        navigate({ to: '/customers/$customerId', params: { customerId: winner }, replace: true });
      },
    });

  return (
    <Page
      wide
      title={t('customers.merge.title')}
      lead={t('customers.merge.lead')}
      actions={
        <>
          <Button component={Link} to="/customers/duplicates" variant="default">
            {t('common.cancel')}
          </Button>
          <Button
            leftSection={<IconArrowsJoin size={15} aria-hidden />}
            disabled={!may(me, 'customer.merge') || !preview.data}
            loading={merge.isPending}
            onClick={submit}
          >
            {t('customers.merge.submit', { count: ids.length })}
          </Button>
        </>
      }
    >
      {(merge.error || preview.error) && (
        <Alert color="red" variant="light" role="alert">
          {textOf(merge.error ?? preview.error)}
        </Alert>
      )}
      <Records records={records.data} ids={ids} winner={winner} onWinner={setWinner} />
      {preview.data && records.data ? (
        <>
          <Fields
            preview={preview.data}
            records={records.data}
            chosen={fields}
            onChoose={(field, id) => setFields({ ...fields, [field]: id })}
          />
          <Together preview={preview.data} records={records.data} />
        </>
      ) : (
        <div className={classes.bone} />
      )}
    </Page>
  );
}

function Records({
  records,
  ids,
  winner,
  onWinner,
}: {
  records: Customer360[] | undefined;
  ids: number[];
  winner: number;
  onWinner: (id: number) => void;
}) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t('customers.merge.winner')}
      description={t('customers.merge.winner_text')}
      value={String(winner)}
      onChange={(id) => onWinner(Number(id))}
    >
      <div className={classes.records}>
        {ids.map((id) => {
          const profile = records?.find((record) => record.profile.id === id)?.profile;
          return (
            <Radio.Card key={id} value={String(id)} className={classes.record} aria-label={profile?.name ?? String(id)}>
              <Group gap={10} wrap="nowrap" align="flex-start">
                <Radio.Indicator />
                <span>
                  <b>{profile?.name ?? '…'}</b>
                  <small>
                    {profile?.customer_code} · {profile && <When at={profile.created_at} />}
                  </small>
                </span>
              </Group>
            </Radio.Card>
          );
        })}
      </div>
    </Radio.Group>
  );
}

function Fields({
  preview,
  records,
  chosen,
  onChoose,
}: {
  preview: MergePreview;
  records: Customer360[];
  chosen: Record<string, number>;
  onChoose: (field: string, id: number) => void;
}) {
  const { t, i18n } = useTranslation();
  const [all, setAll] = useState(false);
  const { byName } = useCustomerFields();
  const language = asLanguage(i18n.language);
  const nameOf = (id: number) => records.find(({ profile }) => profile.id === id)?.profile.name ?? String(id);
  const differing = preview.fields.filter(({ differs }) => differs);
  const same = preview.fields.length - differing.length;

  const show = (name: string, label: string, value: unknown) => {
    const field = byName.get(name);
    if (!field) return String(value ?? '—');
    const stored = field.kind === 'reference' && value !== null && value !== undefined ? String(value) : value;
    const fact = { name, label, kind: factKind(field), value: stored, choices: field.choices };
    return isEmptyFact(fact) ? '—' : <FactValue fact={fact} />;
  };

  return (
    <PagePart
      id="merge-fields"
      title={t('customers.merge.fields')}
      lead={differing.length === 0 ? t('customers.merge.no_difference') : t('customers.merge.fields_text')}
      actions={
        same > 0 && (
          <Button variant="subtle" onClick={() => setAll(!all)} aria-expanded={all}>
            {t(all ? 'customers.merge.hide_same' : 'customers.merge.show_same', { count: same })}
          </Button>
        )
      }
    >
      <div className={classes.fields}>
        {(all ? preview.fields : differing).map(({ field, label_tr, label_en, merged, values, differs }) => {
          const label = language === 'tr' ? label_tr : label_en;
          if (!differs)
            return (
              <div key={field} className={classes.field}>
                <span className={classes.label}>{label}</span>
                <span>{show(field, label, merged)}</span>
              </div>
            );
          const kept =
            chosen[field] ??
            values.find(({ value }) => JSON.stringify(value) === JSON.stringify(merged))?.customer_id ??
            0;
          return (
            <Radio.Group
              key={field}
              aria-label={label}
              value={String(kept)}
              onChange={(id) => onChoose(field, Number(id))}
            >
              <div className={classes.field}>
                <span className={classes.label}>{label}</span>
                <div className={classes.values}>
                  {values.map(({ customer_id, value }) => (
                    <Radio
                      key={customer_id}
                      value={String(customer_id)}
                      label={show(field, label, value)}
                      description={nameOf(customer_id)}
                    />
                  ))}
                </div>
              </div>
            </Radio.Group>
          );
        })}
      </div>
    </PagePart>
  );
}

function Together({ preview, records }: { preview: MergePreview; records: Customer360[] }) {
  const { t, i18n } = useTranslation();
  const points = preview.contact_points as { kind: string; value: string }[];
  const addresses = preview.addresses as { line: string; district: string; city: string }[];
  const tags = [...new Set(records.flatMap(({ profile }) => profile.tags))];
  const relations = records.reduce((sum, { relations }) => sum + relations.count, 0);
  const events = records.reduce((sum, { figures }) => sum + figures.events, 0);
  const number = (count: number) => formatCount(count, i18n.language);
  const lines: [string, string][] = [
    [
      t('customers.sections.contact_points'),
      points.map(({ kind, value }) => (kind === 'phone' ? formatPhone(value) : value)).join(', '),
    ],
    [
      t('customers.sections.addresses'),
      addresses.map(({ line, district, city }) => [line, district, city].filter(Boolean).join(', ')).join(' · '),
    ],
    [t('customers.bulk.tags'), tags.join(', ')],
    [t('customers.sections.relations'), relations > 0 ? number(relations) : ''],
    [t('customers.history'), number(events)],
  ];
  return (
    <PagePart id="merge-together" title={t('customers.merge.together')} lead={t('customers.merge.together_text')}>
      <div className={classes.fields}>
        {lines
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} className={classes.field}>
              <span className={classes.label}>{label}</span>
              <span>{value}</span>
            </div>
          ))}
      </div>
    </PagePart>
  );
}
