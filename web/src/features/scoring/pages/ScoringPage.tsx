import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/page/Page';
import { LinkTabs } from '@/ui/tabs/LinkTabs';
import { ModelTab } from '../components/ModelTab';
import { OverviewTab } from '../components/OverviewTab';
import { RulesTab } from '../components/RulesTab';
import { type ScoringParams, tabs } from '../params';

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
      <LinkTabs
        label={t('common.settings.scoring')}
        current={tab}
        tabs={tabs.map((id) => ({
          id,
          to: '/settings/scoring',
          search: id === 'overview' ? {} : { tab: id },
          label: t(`scoring.tabs.${id}`),
        }))}
      />
      {tab === 'overview' && <OverviewTab />}
      {tab === 'rules' && <RulesTab opened={params.rule} onOpen={(rule) => onParams({ tab: 'rules', rule })} />}
      {tab === 'model' && (
        <ModelTab of="leads" version={params.version} onVersion={(version) => onParams({ tab: 'model', version })} />
      )}
    </Page>
  );
}
