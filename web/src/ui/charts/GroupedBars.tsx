import type { CSSProperties } from 'react';
import { formatCount } from '@/lib/money';
import { useLanguage } from '../use-language';
import classes from './GroupedBars.module.css';

/** What the bars of a chart stand for; the first is the quieter one. */
export interface Series {
  id: string;
  name: string;
}

/** A group of bars, one for each series. */
export interface BarGroup {
  /** Its own, where labels recur. */
  id?: string;
  label: string;
  values: number[];
  /** A second line below the label. */
  note?: string;
}

/** Counts side by side, group by group. Who does not see the bars reads them as a table. */
export function GroupedBars({
  label,
  head,
  series,
  groups,
}: {
  label: string;
  /** What the groups are: the head of their column. */
  head: string;
  series: Series[];
  groups: BarGroup[];
}) {
  const language = useLanguage();
  const most = Math.max(1, ...groups.flatMap(({ values }) => values));
  return (
    <figure className={classes.figure}>
      {series.length > 1 && (
        <figcaption className={classes.legend} aria-hidden>
          {series.map(({ id, name }, place) => (
            <span key={id}>
              <i data-place={place} />
              {name}
            </span>
          ))}
        </figcaption>
      )}
      <div className={classes.plot} aria-hidden>
        {groups.map(({ id, label: name, values, note }) => (
          <div key={id ?? name} className={classes.group}>
            <div className={classes.bars}>
              {series.map(({ id: line, name: of }, place) => (
                <span
                  key={line}
                  className={classes.bar}
                  data-none={!values[place] || undefined}
                  data-place={series.length > 1 ? place : 1}
                  title={`${of}, ${name}: ${formatCount(values[place] ?? 0, language)}`}
                  style={{ '--part': (values[place] ?? 0) / most } as CSSProperties}
                />
              ))}
            </div>
            <span className={classes.name}>{name}</span>
            {note !== undefined && <span className={classes.note}>{note || '\u00a0'}</span>}
          </div>
        ))}
      </div>
      <table className="visually-hidden" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {series.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ id, label: name, values, note }) => (
            <tr key={id ?? name}>
              <th scope="row">
                {name} {note}
              </th>
              {series.map(({ id: line }, place) => (
                <td key={line}>{formatCount(values[place] ?? 0, language)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
