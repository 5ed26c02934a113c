import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/page/Page';
import { ModelTab } from '../components/ModelTab';
import { OverviewTab } from '../components/OverviewTab';
import { RulesTab } from '../components/RulesTab';
import { type ScoringParams, tabs } from '../params';
import classes from './ScoringPage.module.css';

/** How leads are scored: what scores are worth, the rules that make them, and the model that learns from history. */
export function ScoringPage({
  params,
  onParams,
}: {
  params: ScoringParams;
  onParams: (params: ScoringParams) => void;
}) {
  const { t } = useTranslation();
  const tab = params.tab ?? 'overview';
  return (
    <Page wide title={t('common.settings.scoring')} lead={t('scoring.lead')}>
      <nav aria-label={t('common.settings.scoring')}>
        <ul className={classes.tabs}>
          {tabs.map((one) => (
            <li key={one}>
              <Link
                to="/settings/scoring"
                search={one === 'overview' ? {} : { tab: one }}
                className={classes.tab}
                aria-current={one === tab ? 'page' : undefined}
              >
                {t(`scoring.tabs.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {tab === 'overview' && <OverviewTab />}
      {tab === 'rules' && <RulesTab opened={params.rule} onOpen={(rule) => onParams({ tab: 'rules', rule })} />}
      {tab === 'model' && (
        <ModelTab version={params.version} onVersion={(version) => onParams({ tab: 'model', version })} />
      )}
    </Page>
  );
}
