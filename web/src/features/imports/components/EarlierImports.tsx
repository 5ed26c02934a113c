import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePeople } from '@/api/customer-fields';
import { kindOf } from '@/api/records';
import type { ImportListed } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { When } from '@/ui/When';
import classes from '../pages/ImportPage.module.css';
import { importsQuery } from '../queries';
import { State } from './State';
import { UndoButton } from './UndoButton';

/** Earlier imports: to go on with, to look at, to undo. */
export function EarlierImports() {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(importsQuery);
  const rows = data?.pages.flatMap(({ results }) => results);
  if (rows?.length === 0) return null;

  return (
    <PagePart id="imports-earlier" title={t('imports.earlier.title')}>
      {error && !rows ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('imports.earlier.title')}
          rows={rows}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'file',
              header: t('imports.earlier.file'),
              cell: (job) => (
                <Link to="/import" search={{ id: String(job.id) }} className={classes.link}>
                  {job.file_name}
                </Link>
              ),
            },
            {
              id: 'kind',
              header: t('imports.kind'),
              cell: ({ entity }) => t(`common.nav.${kindOf(entity) ?? 'customers'}`),
            },
            { id: 'state', header: t('imports.earlier.state'), cell: (job) => <State job={job} /> },
            { id: 'owner', header: t('imports.earlier.owner'), cell: (job) => <Owner id={job.owner_id} /> },
            {
              id: 'at',
              header: t('imports.earlier.at'),
              cell: (job) => <When at={job.created_at} style="date-time" />,
            },
            { id: 'counts', header: t('imports.earlier.counts'), cell: (job) => <Summary job={job} /> },
          ]}
          actions={(job) => <UndoButton job={job} />}
        />
      )}
      {hasNextPage && (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </PagePart>
  );
}

/** Whose it is; the product itself imports, too. */
function Owner({ id }: { id: number | null | undefined }) {
  const { t } = useTranslation();
  const { data: people } = usePeople();
  if (id == null) return t('imports.earlier.system');
  return people?.user.find((user) => user.id === id)?.name ?? '—';
}

function Summary({ job: { counts } }: { job: ImportListed }) {
  const { t, i18n } = useTranslation();
  const parts = (['created', 'updated', 'wrong'] as const).filter((name) => (counts[name] ?? 0) > 0);
  if (parts.length === 0) return '—';
  return parts
    .map((name) => `${formatCount(counts[name] ?? 0, i18n.language)} ${t(`imports.counted.${name}`)}`)
    .join(' · ');
}
