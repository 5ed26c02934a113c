import { useTranslation } from 'react-i18next';
import { Page } from '@/ui/page/Page';
import { LinkTabs } from '@/ui/tabs/LinkTabs';
import { PeopleTab } from '../components/PeopleTab';
import { RulesTab } from '../components/RulesTab';
import { TryTab } from '../components/TryTab';
import { type AssignmentParams, tabs } from '../params';

/** How leads are handed out: the rules in their order, the people, and what the rules would have done. */
export function AssignmentPage({
  params,
  onParams,
}: {
  params: AssignmentParams;
  onParams: (params: AssignmentParams) => void;
}) {
  const { t } = useTranslation();
  const tab = params.tab ?? 'rules';
  return (
    <Page wide title={t('common.settings.assignment')} lead={t('assignment.lead')}>
      <LinkTabs
        label={t('common.settings.assignment')}
        current={tab}
        tabs={tabs.map((id) => ({
          id,
          to: '/settings/assignment',
          search: id === 'rules' ? {} : { tab: id },
          label: t(`assignment.tabs.${id}`),
        }))}
      />
      {tab === 'rules' && <RulesTab opened={params.rule} onOpen={(rule) => onParams({ rule })} />}
      {tab === 'people' && (
        <PeopleTab opened={params.person} onOpen={(person) => onParams({ tab: 'people', person })} />
      )}
      {tab === 'try' && <TryTab />}
    </Page>
  );
}
