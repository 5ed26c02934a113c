import { Badge, Button, Group } from '@mantine/core';
import { IconArrowsJoin, IconUsersMinus, IconX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { DuplicatePair } from '@/api/types';
import { formatCount } from '@/lib/money';
import { formatPhone } from '@/lib/phone';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { useShortcuts } from '@/ui/shortcuts/registry';
import { showRefusal, showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { Likelihood } from '../components/Likelihood';
import { duplicatesQuery, useDismiss } from '../duplicates';
import classes from './DuplicatesPage.module.css';

/** Pairs of customers that may be the same, the likeliest first: to be merged, or told apart for good. */
export function DuplicatesPage({ customer }: { customer?: number }) {
  const { t, i18n } = useTranslation();
  const list = useInfiniteQuery(duplicatesQuery(customer));
  const pairs = list.data?.pages.flatMap(({ results }) => results);
  const first = list.data?.pages[0];
  const rows = useRef<HTMLOListElement>(null);
  const actions = usePairActions();

  const at = () => {
    const all = [...(rows.current?.children ?? [])] as HTMLElement[];
    return { all, index: all.findIndex((row) => row.contains(document.activeElement)) };
  };
  const go = (by: number) => {
    const { all, index } = at();
    all[Math.max(0, Math.min(all.length - 1, index + by))]?.focus();
  };
  const current = () => pairs?.[at().index];
  useShortcuts(t('customers.duplicates.title'), [
    { keys: 'j', label: t('customers.duplicates.next'), run: () => go(1) },
    { keys: 'k', label: t('customers.duplicates.previous'), run: () => go(-1) },
    { keys: 'm', label: t('customers.duplicates.merge'), run: () => actions.merge(current()) },
    { keys: 'd', label: t('customers.duplicates.dismiss'), run: () => actions.dismiss(current()) },
  ]);

  return (
    <Page
      wide
      title={
        <>
          {t('customers.duplicates.title')}
          {first && (
            <span className={classes.count}>
              {formatCount(first.count, i18n.language)}
              {first.count_is_capped && '+'}
            </span>
          )}
        </>
      }
      lead={t('customers.duplicates.lead')}
      actions={
        customer !== undefined && (
          <Button component={Link} to="/customers/duplicates" variant="default">
            {t('customers.duplicates.show_all')}
          </Button>
        )
      }
    >
      {list.error && !pairs ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : pairs?.length === 0 ? (
        <EmptyState
          icon={IconUsersMinus}
          title={t('customers.duplicates.none')}
          text={t('customers.duplicates.none_text')}
        />
      ) : (
        <ol ref={rows} className={classes.list} aria-busy={pairs === undefined}>
          {pairs === undefined
            ? [1, 2, 3].map((place) => <li key={place} className={classes.bone} />)
            : pairs.map((pair) => <Pair key={pair.id} pair={pair} actions={actions} />)}
        </ol>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </Page>
  );
}

interface Actions {
  merge: (pair: DuplicatePair | undefined) => void;
  dismiss: (pair: DuplicatePair | undefined) => void;
  mayMerge: boolean;
  mayDismiss: boolean;
}

function usePairActions(): Actions {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { mutate } = useDismiss();
  const mayMerge = may(me, 'customer.merge');
  const mayDismiss = may(me, 'customer.write');
  return {
    mayMerge,
    mayDismiss,
    merge: (pair) => {
      if (pair && mayMerge) navigate({ to: '/customers/merge', search: { ids: `${pair.first.id},${pair.second.id}` } });
    },
    dismiss: (pair) => {
      if (!pair || !mayDismiss) return;
      mutate(pair.id, {
        onSuccess: (operation) => showUndo(t('customers.duplicates.dismissed'), operation),
        onError: (error) => showRefusal(textOf(error)),
      });
    },
  };
}

function Pair({ pair, actions }: { pair: DuplicatePair; actions: Actions }) {
  const { t } = useTranslation();
  const { first, second } = pair;
  const names = t('customers.duplicates.pair', { first: first.name, second: second.name });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: j and k walk over the pairs
    <li className={classes.pair} tabIndex={0} aria-label={names}>
      <div className={classes.head}>
        <Likelihood probability={pair.probability} reasons={pair.reasons} />
        <Group gap={8}>
          {actions.mayDismiss && (
            <Button
              variant="default"
              leftSection={<IconX size={15} aria-hidden />}
              aria-label={`${t('customers.duplicates.dismiss')}: ${names}`}
              onClick={() => actions.dismiss(pair)}
            >
              {t('customers.duplicates.dismiss')}
            </Button>
          )}
          {actions.mayMerge && (
            <Button
              leftSection={<IconArrowsJoin size={15} aria-hidden />}
              aria-label={`${t('customers.duplicates.merge')}: ${names}`}
              onClick={() => actions.merge(pair)}
            >
              {t('customers.duplicates.merge')}
            </Button>
          )}
        </Group>
      </div>
      <div className={classes.sides}>
        {[first, second].map((side, place) => (
          <Side key={side.id} side={side} other={place === 0 ? second : first} />
        ))}
      </div>
    </li>
  );
}

type Brief = DuplicatePair['first'];

function Side({ side, other }: { side: Brief; other: Brief }) {
  const { t } = useTranslation();
  const lines: [string, string, boolean][] = [
    ['primary_phone', formatPhone(side.primary_phone), side.primary_phone === other.primary_phone],
    ['primary_email', side.primary_email, side.primary_email === other.primary_email],
    ['city', side.city, side.city === other.city],
  ];
  return (
    <div className={classes.side}>
      <Link to="/customers/$customerId" params={{ customerId: side.id }} className={classes.name}>
        {side.name}
      </Link>
      <small>
        {side.customer_code} · <When at={side.created_at} />
      </small>
      {lines
        .filter(([, value]) => value)
        .map(([name, value, same]) => (
          <span key={name} className={classes.line}>
            {value}
            {!same && (
              <Badge size="xs" variant="light" color="orange">
                {t('customers.duplicates.differs')}
              </Badge>
            )}
          </span>
        ))}
    </div>
  );
}
