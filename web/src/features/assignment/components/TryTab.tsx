import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '@/ui/form/FormDrawer';
import { PagePart } from '@/ui/page/Page';
import { useTryRules } from '../queries';
import { Tried } from './Tried';

const spans = ['7', '30', '90', '365'] as const;

/** Tries the rules in force on the leads of the past. */
export function TryTab() {
  const { t } = useTranslation();
  const trial = useTryRules();
  const [days, setDays] = useState<string>('90');
  return (
    <PagePart id="assignment-try" title={t('assignment.try.title')} lead={t('assignment.try.hint')}>
      <Group gap="xs" align="flex-end">
        <Select
          label={t('assignment.try.days')}
          data={spans.map((value) => ({ value, label: t('assignment.try.last', { count: Number(value) }) }))}
          value={days}
          onChange={(next) => next && setDays(next)}
          allowDeselect={false}
        />
        <Button loading={trial.isPending} onClick={() => trial.mutate({ days: Number(days) })}>
          {t('assignment.try.run')}
        </Button>
      </Group>
      <Refusal error={trial.error} fields={[]} />
      {trial.data && <Tried outcome={trial.data} />}
    </PagePart>
  );
}
