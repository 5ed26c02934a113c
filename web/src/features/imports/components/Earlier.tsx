import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ImportListed } from '@/api/types';
import { formatCount } from '@/lib/money';
import { PagePart } from '@/ui/page/Page';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { When } from '@/ui/When';
import { importsQuery } from '../queries';

/** The imports of before: one can go back to each, and undo it there. */
export function Earlier() {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(importsQuery);
  if (data?.length === 0) return null;
  const columns: PlainColumn<ImportListed>[] = [
    {
      id: 'file',
      header: t('imports.file'),
      cell: (job) => (
        <Link to="/customers/import" search={{ id: String(job.id) }}>
          {job.file_name}
        </Link>
      ),
    },
    {
      id: 'state',
      header: t('imports.state_label'),
      cell: (job) => t(`imports.state.${job.state}`),
    },
    {
      id: 'created',
      header: t('imports.count.created'),
      align: 'end',
      cell: (job) => formatCount(job.counts.created ?? 0, i18n.language),
    },
    {
      id: 'wrong',
      header: t('imports.count.wrong'),
      align: 'end',
      cell: (job) => formatCount(job.counts.wrong ?? 0, i18n.language),
    },
    { id: 'at', header: t('imports.at'), cell: (job) => <When at={job.created_at} relative /> },
  ];
  return (
    <PagePart id="earlier" title={t('imports.earlier')}>
      <PlainTable label={t('imports.earlier')} columns={columns} rows={data} rowId={(job) => job.id} />
    </PagePart>
  );
}
