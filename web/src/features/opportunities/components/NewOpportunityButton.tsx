import { Button } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { useCommands } from '@/ui/commands/registry';

/** Begins a new opportunity from the page of something else, for those who may. */
export function NewOpportunityButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  const isAllowed = may(useMe(), 'opportunity.write');
  const label = t('opportunities.new.title');
  useCommands(
    t('opportunities.title'),
    isAllowed ? [{ id: 'opportunity.new_here', label, icon: IconTargetArrow, run: onClick }] : [],
  );
  if (!isAllowed) return null;
  return (
    <Button variant="default" leftSection={<IconTargetArrow size={15} stroke={1.7} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  );
}
