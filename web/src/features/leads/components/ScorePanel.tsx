import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ScoreExplanation } from '@/api/types';
import { asLanguage, intlLocale } from '@/lib/language';
import { type Step, Waterfall } from '@/ui/charts/Waterfall';
import { ErrorState } from '@/ui/ErrorState';
import { Panel } from '@/ui/record-page/Panel';
import { scoreQuery } from '../queries';
import classes from './Score.module.css';

/** What is less than is shown adds nothing to what is shown. */
const NOTHING = 0.005;

/** The score of a lead: who made it, and what it is the sum of. */
export function ScorePanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data: score, error, refetch } = useQuery(scoreQuery(id));
  return (
    <Panel title={t('leads.score.title')}>
      {error && !score && <ErrorState error={error} onRetry={() => refetch()} />}
      {!error && !score && <Skeleton height={120} />}
      {score && <Score score={score} />}
    </Panel>
  );
}

function Score({ score }: { score: ScoreExplanation }) {
  const { t, i18n } = useTranslation();
  const { model } = score;
  const percent = new Intl.NumberFormat(intlLocale(i18n.language), { style: 'percent' });
  const isOfModel = score.score_source === 'model' && model != null;
  return (
    <>
      <p className={classes.line}>
        <b className={classes.number}>{score.lead_score}</b>
        <span className={classes.by}>
          {isOfModel ? t('leads.score.by_model', { version: model.model_version }) : t('leads.score.by_rules')}
          {score.win_probability != null &&
            ` · ${t('leads.score.chance', { percent: percent.format(score.win_probability / 10_000) })}`}
        </span>
      </p>
      {isOfModel && <OfModel model={model} />}
      {/* Beside a model the rules are one of the things it looks at. */}
      {isOfModel && score.rules.length > 0 ? (
        <details className={classes.more}>
          <summary>{t('leads.score.rules_beside', { points: score.fit_score + score.engagement_score })}</summary>
          <OfRules score={score} />
        </details>
      ) : (
        !isOfModel && <OfRules score={score} />
      )}
    </>
  );
}

/** What each rule gives; what engagement gave fades with time. */
function OfRules({ score }: { score: ScoreExplanation }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(intlLocale(i18n.language), { maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(intlLocale(i18n.language), {
    signDisplay: 'exceptZero',
    maximumFractionDigits: 1,
  });
  const given = score.rules.filter(({ points_left_hundredths }) => points_left_hundredths !== 0);
  const steps = given.map((rule): Step => {
    const value = rule.points_left_hundredths / 100;
    const parts = [
      t(`leads.score.${rule.kind}`),
      rule.touches != null && t('leads.score.touches', { count: rule.touches }),
      rule.half_life_days != null && t('leads.score.half_life', { count: rule.half_life_days }),
      rule.touches != null &&
        rule.half_life_days != null &&
        t('leads.score.left', { left: number.format(value), points: number.format(rule.points * rule.touches) }),
    ];
    return {
      id: String(rule.rule_id),
      name: rule.name,
      note: parts.filter(Boolean).join(' · '),
      value,
      said: signed.format(value),
    };
  });
  const sum = score.fit_score + score.engagement_score;
  if (steps.length === 0) return <p className={classes.none}>{t('leads.score.none')}</p>;
  return (
    <>
      <dl className={classes.two}>
        <div>
          <dt>{t('leads.score.fit')}</dt>
          <dd>{score.fit_score}</dd>
        </div>
        <div>
          <dt>{t('leads.score.engagement')}</dt>
          <dd>{score.engagement_score}</dd>
        </div>
      </dl>
      <Waterfall
        label={t('leads.score.made_of')}
        steps={steps}
        total={{ id: 'total', name: t('leads.score.total'), value: sum, said: number.format(sum) }}
      />
    </>
  );
}

/** What each field adds to the log-odds; base and contributions are the sum to the last bit. */
function OfModel({ model }: { model: NonNullable<ScoreExplanation['model']> }) {
  const { t, i18n } = useTranslation();
  const language = asLanguage(i18n.language);
  const number = new Intl.NumberFormat(intlLocale(i18n.language), {
    signDisplay: 'exceptZero',
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const percent = new Intl.NumberFormat(intlLocale(i18n.language), { style: 'percent' });
  const isNothing = ({ log_odds }: { log_odds: number }) => Math.abs(log_odds) < NOTHING;
  const without = model.contributions.filter(isNothing);
  const having = model.contributions
    .filter((one) => !isNothing(one))
    .sort((a, b) => Math.abs(b.log_odds) - Math.abs(a.log_odds));
  const steps = [
    { id: 'base', name: t('leads.score.base'), value: model.base, said: number.format(model.base) },
    ...having.map(
      ({ field, label, value, log_odds }): Step => ({
        id: field,
        name: label[language],
        note: value?.[language] ?? t('leads.score.hidden'),
        value: log_odds,
        said: number.format(log_odds),
      }),
    ),
  ];
  return (
    <>
      <Waterfall
        label={t('leads.score.made_of')}
        steps={steps}
        total={{
          id: 'total',
          name: t('leads.score.log_odds', { percent: percent.format(model.probability) }),
          value: model.log_odds,
          said: number.format(model.log_odds),
        }}
      />
      {without.length > 0 && (
        <p className={classes.none}>
          {t('leads.score.without', { names: without.map(({ label }) => label[language]).join(', ') })}
        </p>
      )}
    </>
  );
}
