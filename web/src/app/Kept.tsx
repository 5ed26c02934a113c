import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { favouritesQuery, type KeptRecord, recentQuery } from '@/api/kept';
import { keys } from '@/api/query';
import { useMe } from '@/api/session';
import classes from './Kept.module.css';
import { isRecordPath, readsRecords, recordId, recordLink } from './record-link';

const FAVOURITES = 8;
const RECENT = 5;
/** A page tells the server that it was opened; after that the list of what was seen is another. */
const TOLD_MS = 1_500;

/** Favourites and what was seen lately, below the main navigation. */
export default function Kept({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const enabled = readsRecords(useMe());
  const { data: favourites = [] } = useQuery({ ...favouritesQuery, enabled });
  const { data: recent = [] } = useQuery({ ...recentQuery, enabled });

  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    if (!isRecordPath(path)) return;
    const timer = setTimeout(() => client.invalidateQueries({ queryKey: keys.recent }), TOLD_MS);
    return () => clearTimeout(timer);
  }, [path, client]);

  const kept = new Set(favourites.map(recordId));
  const others = recent.filter((record) => !kept.has(recordId(record)));
  return (
    <>
      <List name={t('common.palette.favourites')} records={favourites.slice(0, FAVOURITES)} onGo={onGo} />
      <List name={t('common.palette.recent')} records={others.slice(0, RECENT)} onGo={onGo} />
    </>
  );
}

function List({ name, records, onGo }: { name: string; records: KeptRecord[]; onGo?: () => void }) {
  const id = useId();
  if (records.length === 0) return null;
  return (
    <nav aria-labelledby={id}>
      <h2 id={id} className={classes.heading}>
        {name}
      </h2>
      <ul className={classes.list}>
        {records.map((record) => (
          <li key={recordId(record)}>
            <Link
              {...recordLink(record)}
              className={classes.record}
              title={`${record.name} · ${record.subtitle}`}
              onClick={onGo}
            >
              {record.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
