import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconRoute, IconTrashX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import { may, useMe } from '@/api/session';
import { useCommands } from '@/ui/commands/registry';
import type { BulkTools } from '@/ui/record-list/BulkBar';
import { assignMany, qualifyMany } from '../queries';
import { JUNK } from '../reasons';

/** What only commands bring a lead to has a dialog of its own. */
const byOne = new Set(['disqualified', 'converted']);

/** What can be done with many leads beside what is done with many of anything. */
export function LeadBulkTools({ perform, isPending, label }: BulkTools) {
  const { t } = useTranslation();
  const me = useMe();
  const { byName } = useRecordFields('leads');
  const isWriter = may(me, 'lead.write');
  const statuses = byName.get('status')?.choices.filter(({ value }) => !byOne.has(value)) ?? [];
  const assign = () => perform((whom) => assignMany({ ...whom, by_rules: true }));
  const move = (status: string) => perform((whom) => qualifyMany({ ...whom, status }));
  const junk = () => perform((whom) => qualifyMany({ ...whom, status: 'disqualified', reason: JUNK }));

  useCommands(
    label,
    isWriter
      ? [
          { id: 'bulk.rules', label: t('leads.bulk.by_rules'), icon: IconRoute, run: assign },
          { id: 'bulk.junk', label: t('leads.disqualify.junk'), icon: IconTrashX, run: junk },
        ]
      : [],
  );
  if (!isWriter) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconRoute size={15} aria-hidden />} disabled={isPending} onClick={assign}>
        {t('leads.bulk.by_rules')}
      </Button>
      <Menu position="bottom-start" width={200}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={13} aria-hidden />} disabled={isPending}>
            {t('leads.status')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {statuses.map(({ value, label: name }) => (
            <Menu.Item key={value} onClick={() => move(value)}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconTrashX size={15} aria-hidden />} onClick={junk}>
            {t('leads.disqualify.junk')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
