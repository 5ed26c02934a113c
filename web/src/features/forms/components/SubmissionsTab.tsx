import { Badge, Button, Drawer, Group, Select } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormSubmission } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { When } from '@/ui/When';
import { answersOf, nameOf } from '../answers';
import { type SubmissionState, submissionStates } from '../params';
import { formFieldsQuery, submissionsQuery } from '../queries';
import classes from './SubmissionsTab.module.css';

const colours = { accepted: 'green', waiting: 'orange', confirmed: 'green' } as const;

/** What was sent in by a form, and what became of it. */
export function SubmissionsTab({
  id,
  state,
  onState,
  leadLink,
}: {
  id: number;
  state: SubmissionState | undefined;
  onState: (state: SubmissionState | undefined) => void;
  leadLink?: (id: number, name: string) => ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const list = useInfiniteQuery(submissionsQuery(id, state));
  const submissions = list.data?.pages.flatMap(({ results }) => results as FormSubmission[]);
  const first = list.data?.pages[0];
  const [opened, setOpened] = useState<FormSubmission>();
  const becameOf = ({ lead_id, lead_name, customer_id, customer_name, problem }: FormSubmission) => {
    if (lead_id != null) return leadLink?.(lead_id, lead_name ?? String(lead_id)) ?? lead_name ?? `#${lead_id}`;
    if (customer_id != null)
      return (
        <Link to="/customers/$customerId" params={{ customerId: customer_id }}>
          {customer_name ?? `#${customer_id}`}
        </Link>
      );
    return problem || '—';
  };

  return (
    <>
      <Group gap="xs">
        <Select
          aria-label={t('forms.sent.state')}
          placeholder={t('forms.sent.state')}
          data={submissionStates.map((value) => ({ value, label: t(`forms.sent.states.${value}`) }))}
          value={state ?? null}
          onChange={(next) => onState((next as SubmissionState) ?? undefined)}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
        {first && (
          <span className={classes.count} aria-live="polite">
            {t('forms.sent.count', {
              count: first.count,
              number: formatCount(first.count, i18n.language) + (first.count_is_capped ? '+' : ''),
            })}
          </span>
        )}
      </Group>
      {list.error && !submissions ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <PlainTable
          label={t('forms.tabs.submissions')}
          rows={submissions}
          rowId={(one) => one.id}
          columns={[
            {
              id: 'who',
              header: t('forms.sent.who'),
              cell: (one) => nameOf(one.answers) || t('forms.sent.nameless'),
            },
            { id: 'at', header: t('forms.sent.at'), cell: ({ at }) => <When at={at} style="date-time" /> },
            {
              id: 'state',
              header: t('forms.sent.state'),
              cell: (one) => (
                <Badge variant="light" color={colours[one.state]}>
                  {t(`forms.sent.states.${one.state}`)}
                </Badge>
              ),
            },
            { id: 'lead', header: t('forms.sent.became'), cell: becameOf },
            { id: 'from', header: t('forms.sent.from'), cell: (one) => one.utm_source || '—' },
          ]}
          actions={(one) => (
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              aria-label={t('forms.sent.look', { name: nameOf(one.answers) || t('forms.sent.nameless') })}
              onClick={() => setOpened(one)}
            >
              {t('forms.sent.details')}
            </Button>
          )}
          empty={<EmptyState icon={IconInbox} title={t('forms.sent.none')} text={t('forms.sent.none_text')} />}
        />
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        position="right"
        size={460}
        title={opened && (nameOf(opened.answers) || t('forms.sent.nameless'))}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {opened && <Details of={opened} />}
      </Drawer>
    </>
  );
}

/** What was filled in, letter by letter, and where it came from. */
function Details({ of }: { of: FormSubmission }) {
  const { t, i18n } = useTranslation();
  const { data: known } = useQuery(formFieldsQuery);
  const language = asLanguage(i18n.language);
  const labelOf = (name: string) => {
    const consent = /^consent\.(\w+)\.(\w+)$/.exec(name);
    if (consent)
      return t('forms.consents.named', {
        channel: t(`forms.channels.${consent[1]}`),
        purpose: t(`forms.purposes.${consent[2]}`),
      });
    const field = known?.find((one) => one.name === name);
    return (language === 'tr' ? field?.label_tr : field?.label_en) ?? name;
  };
  const origin = (
    [
      'utm_source',
      'utm_medium',
      'utm_campaign',
      'utm_term',
      'utm_content',
      'referrer',
      'landing_page',
      'address',
    ] as const
  ).filter((name) => of[name]);
  return (
    <div className={classes.details}>
      {of.problem && <p className={classes.problem}>{of.problem}</p>}
      <h3>{t('forms.sent.answers')}</h3>
      <dl>
        {answersOf(of.answers).map(([name, value]) => (
          <div key={name}>
            <dt>{labelOf(name)}</dt>
            <dd>{value === 'true' ? t('common.yes') : value === 'false' ? t('common.no') : value || '—'}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('forms.sent.origin')}</h3>
      <dl>
        <div>
          <dt>{t('forms.sent.at')}</dt>
          <dd>
            <When at={of.at} style="date-time" />
          </dd>
        </div>
        {of.confirmed_at && (
          <div>
            <dt>{t('forms.sent.confirmed_at')}</dt>
            <dd>
              <When at={of.confirmed_at} style="date-time" />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('forms.sent.version')}</dt>
          <dd>{of.version}</dd>
        </div>
        {origin.map((name) => (
          <div key={name}>
            <dt>{t(`forms.sent.origins.${name}`)}</dt>
            <dd>{of[name]}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
