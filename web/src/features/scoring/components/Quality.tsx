import { useTranslation } from 'react-i18next';
import type { ModelQuality } from '@/api/types';
import { formatCount } from '@/lib/money';
import { formatFigure, formatPercent } from '@/lib/percent';
import { Reliability } from './Reliability';
import classes from './Scoring.module.css';

/** How good a model is on what it never saw, in figures and words. */
export function Quality({ quality, context }: { quality: ModelQuality; context?: string }) {
  const { t, i18n } = useTranslation();
  const figure = (value: number) => formatFigure(value, i18n.language);
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>AUC</dt>
          <dd>
            {figure(quality.auc)}
            <small>{t('scoring.quality.auc')}</small>
          </dd>
        </div>
        <div>
          <dt>{t('scoring.quality.brier')}</dt>
          <dd>
            {figure(quality.brier)}
            <small>{t('scoring.quality.of_rate', { figure: figure(quality.brier_of_rate) })}</small>
          </dd>
        </div>
        <div>
          <dt>{t('scoring.quality.calibration')}</dt>
          <dd>
            {formatPercent(quality.calibration_error, i18n.language, 1)}
            <small>{t('scoring.quality.calibration_hint')}</small>
          </dd>
        </div>
        <div>
          <dt>{t('scoring.quality.examples', { context })}</dt>
          <dd>
            {formatCount(quality.examples, i18n.language)}
            <small>{t('scoring.quality.won', { number: formatCount(quality.won, i18n.language) })}</small>
          </dd>
        </div>
      </dl>
      <Reliability bands={quality.reliability} context={context} />
    </>
  );
}
