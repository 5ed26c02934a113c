import { useTranslation } from 'react-i18next';
import type { ModelQuality } from '@/api/types';
import { formatCount } from '@/lib/money';
import { formatPercent } from '@/lib/percent';
import classes from './Reliability.module.css';

const SIZE = 260;
/** Room for what the axes say. */
const LEFT = 38;
const BOTTOM = 34;
const TOP = 8;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** What was said against what came: on the diagonal they are the same. The larger a dot, the more leads it stands for. */
export function Reliability({ bands, context }: { bands: ModelQuality['reliability']; context?: string }) {
  const { t, i18n } = useTranslation();
  const told = bands.filter(({ count }) => count > 0);
  const most = Math.max(1, ...told.map(({ count }) => count));
  const x = (part: number) => LEFT + part * SIZE;
  const y = (part: number) => TOP + (1 - part) * SIZE;
  const percent = (part: number) => formatPercent(part, i18n.language);
  return (
    <div className={classes.both}>
      <svg
        className={classes.chart}
        viewBox={`0 0 ${LEFT + SIZE + 12} ${TOP + SIZE + BOTTOM}`}
        role="img"
        aria-label={t('scoring.quality.reliability')}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className={classes.grid} x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <line className={classes.grid} x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} />
            <text className={classes.tick} x={x(0) - 5} y={y(tick) + 3.5} textAnchor="end">
              {percent(tick)}
            </text>
            <text className={classes.tick} x={x(tick)} y={y(0) + 14} textAnchor="middle">
              {percent(tick)}
            </text>
          </g>
        ))}
        <text className={classes.tick} x={x(0.5)} y={y(0) + 29} textAnchor="middle">
          {t('scoring.quality.said')}
        </text>
        <line className={classes.diagonal} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        <polyline
          className={classes.line}
          points={told.map(({ predicted, observed }) => `${x(predicted)},${y(observed)}`).join(' ')}
        />
        {told.map(({ predicted, observed, count }) => (
          <circle
            key={predicted}
            className={classes.dot}
            cx={x(predicted)}
            cy={y(observed)}
            r={3 + 6 * Math.sqrt(count / most)}
          >
            <title>
              {t('scoring.quality.dot', {
                context,
                said: percent(predicted),
                came: percent(observed),
                number: formatCount(count, i18n.language),
              })}
            </title>
          </circle>
        ))}
      </svg>
      <table className={classes.table} aria-label={t('scoring.quality.reliability')}>
        <thead>
          <tr>
            <th scope="col">{t('scoring.quality.said')}</th>
            <th scope="col">{t('scoring.quality.came')}</th>
            <th scope="col">{t('scoring.quality.leads', { context })}</th>
          </tr>
        </thead>
        <tbody>
          {told.map(({ predicted, observed, count }) => (
            <tr key={predicted}>
              <th scope="row">{percent(predicted)}</th>
              <td>{percent(observed)}</td>
              <td>{formatCount(count, i18n.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
