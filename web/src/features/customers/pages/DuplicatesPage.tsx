import { Button, Kbd } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { IconCopyCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { DuplicatePair } from '@/api/types';
import { formatCount } from '@/lib/money';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { showRefusal, showUndo } from '@/ui/toasts';
import classes from '../components/Duplicates.module.css';
import { Glance } from '../components/Glance';
import { duplicatesQuery, likelihood, useDismiss } from '../duplicates';

/** Pairs that may be one customer, the likeliest first: merge them, or say that they are two. j and k walk, Enter merges, d says no. */
export function DuplicatesPage({ customer, onAll }: { customer: number | undefined; onAll: () => void }) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const me = useMe();
  const navigate = useNavigate();
  const dismiss = useDismiss(customer);
  const list = useRef<HTMLUListElement>(null);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    duplicatesQuery(customer),
  );
  const pairs = useMemo(() => data?.pages.flatMap((page) => page.results as DuplicatePair[]), [data]);
  const { ref: end, entry } = useIntersection({ rootMargin: '600px' });
  const isNearEnd = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const mayMerge = may(me, 'customer.merge') && may(me, 'customer.write');
  const mayDismiss = may(me, 'customer.write');
  const first = data?.pages[0];

  const cards = () => [...(list.current?.children ?? [])] as HTMLElement[];
  const merge = (pair: DuplicatePair) =>
    navigate({ to: '/customers/merge', search: { ids: `${pair.first.id},${pair.second.id}` } });
  const notTheSame = (pair: DuplicatePair) => {
    const place = pairs?.indexOf(pair) ?? 0;
    dismiss.mutate(pair.id, {
      onSuccess: (operation) =>
        showUndo(t('customers.duplicate.dismissed', { first: pair.first.name, second: pair.second.name }), operation),
      onError: (refusal) => showRefusal(textOf(refusal)),
    });
    // The next pair comes to stand where this one stood.
    requestAnimationFrame(() => {
      const rest = cards();
      rest[Math.min(place, rest.length - 1)]?.focus();
    });
  };

  const onKey = (event: globalThis.KeyboardEvent) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const all = cards();
    const at = all.findIndex((card) => card.contains(document.activeElement));
    all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
    event.preventDefault();
  };
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
  const onCardKey = (event: KeyboardEvent, pair: DuplicatePair) => {
    // Only where the card itself has the focus; its links and buttons know their own keys.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && mayMerge) merge(pair);
    else if (event.key === 'd' && mayDismiss) notTheSame(pair);
    else return;
    event.preventDefault();
  };

  return (
    <Page
      wide
      title={
        <>
          {t('customers.duplicate.page')}{' '}
          {first && (
            <span className={classes.dim}>
              {formatCount(first.count, i18n.language)}
              {first.count_is_capped && '+'}
            </span>
          )}
        </>
      }
      lead={t('customers.duplicate.lead')}
      actions={
        customer !== undefined && (
          <Button variant="default" onClick={onAll}>
            {t('customers.duplicate.show_all')}
          </Button>
        )
      }
    >
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : pairs?.length === 0 && !hasNextPage ? (
        <EmptyState
          icon={IconCopyCheck}
          title={t('customers.duplicate.none')}
          text={t(customer === undefined ? 'customers.duplicate.none_text' : 'customers.duplicate.none_here')}
        />
      ) : (
        <>
          {pairs && (
            <p className={`${classes.dim} ${classes.keys}`}>
              <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> {t('customers.duplicate.key_walk')}{' '}
              {mayMerge && (
                <>
                  <Kbd size="xs">Enter</Kbd> {t('customers.duplicate.key_merge')}{' '}
                </>
              )}
              {mayDismiss && (
                <>
                  <Kbd size="xs">d</Kbd> {t('customers.duplicate.key_dismiss')}
                </>
              )}
            </p>
          )}
          <ul className={classes.list} ref={list} aria-label={t('customers.duplicate.page')} aria-busy={!pairs}>
            {pairs
              ? pairs.map((pair) => (
                  <li
                    key={pair.id}
                    className={classes.pair}
                    tabIndex={-1}
                    aria-label={t('customers.duplicate.pair', { first: pair.first.name, second: pair.second.name })}
                    onKeyDown={(event) => onCardKey(event, pair)}
                  >
                    <div className={classes.head}>
                      <div>
                        <h2>
                          <span className={classes.chance}>{t(`customers.duplicate.chance.${likelihood(pair)}`)}</span>
                        </h2>
                        <p className={classes.reasons}>{pair.reasons.map((reason) => reason.text).join(' ')}</p>
                      </div>
                      <div className={classes.actions}>
                        {mayDismiss && (
                          <Button size="xs" variant="default" onClick={() => notTheSame(pair)}>
                            {t('customers.duplicate.dismiss')}
                          </Button>
                        )}
                        {mayMerge && (
                          <Button
                            size="xs"
                            component={Link}
                            to="/customers/merge"
                            search={{ ids: `${pair.first.id},${pair.second.id}` } as never}
                          >
                            {t('customers.merge.action')}
                          </Button>
                        )}
                      </div>
                    </div>
                    <Glance first={pair.first} second={pair.second} />
                  </li>
                ))
              : [1, 2, 3].map((place) => <li key={place} className={classes.skeleton} />)}
          </ul>
          <div ref={end} />
          {hasNextPage && (
            <Button variant="subtle" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
              {t('customers.duplicate.more')}
            </Button>
          )}
        </>
      )}
    </Page>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null
  );
}
