import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/page/Page';
import { ModelTab } from '../components/ModelTab';

/** The model that says how likely opportunities are to be won: how good it is, and what decides. */
export function OpportunityModelPage({
  version,
  onVersion,
}: {
  version: string | undefined;
  onVersion: (version: string | undefined) => void;
}) {
  const { t } = useTranslation();
  return (
    <Page wide title={t('common.settings.opportunity_model')} lead={t('scoring.lead_opportunities')}>
      <ModelTab of="opportunities" version={version} onVersion={onVersion} />
    </Page>
  );
}
