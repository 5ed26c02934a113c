import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconArrowMerge, IconCircleCheck, IconCircleOff, IconDots, IconTag, IconTagOff } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import { useCommands } from '@/ui/commands/registry';
import type { BulkTools as Tools } from '@/ui/record-list/BulkBar';
import { BulkTags } from './BulkTags';

/** The server merges no more at once. */
const MOST_MERGED = 5;

/** What can be done with many customers beside what is done with many of anything. */
export function BulkTools({ run, isPending, open, toggle, close, ids = [], label }: Tools) {
  const { t } = useTranslation();
  const me = useMe();
  const { history } = useRouter();
  const mayWrite = may(me, 'customer.write');
  const mayMerge = may(me, 'customer.merge') && ids.length >= 2 && ids.length <= MOST_MERGED;
  const merge = () => history.push(`/customers/merge?ids=${ids.join()}`);
  const activate = (is_active: boolean) => run({ action: 'update', changes: { is_active } });
  const shared = { loading: isPending, onClose: close, onRun: run };

  useCommands(label, [
    ...(mayWrite
      ? [
          { id: 'bulk.tag', label: t('customers.bulk.tag'), icon: IconTag, run: () => toggle('tag') },
          { id: 'bulk.untag', label: t('customers.bulk.untag'), icon: IconTagOff, run: () => toggle('untag') },
          { id: 'bulk.on', label: t('customers.bulk.activate'), icon: IconCircleCheck, run: () => activate(true) },
          { id: 'bulk.off', label: t('customers.bulk.deactivate'), icon: IconCircleOff, run: () => activate(false) },
        ]
      : []),
    ...(mayMerge ? [{ id: 'bulk.merge', label: t('customers.merge.action'), icon: IconArrowMerge, run: merge }] : []),
  ]);

  return (
    <>
      {mayWrite && (
        <>
          <BulkTags
            opened={open === 'tag'}
            onToggle={() => toggle('tag')}
            action="tag"
            icon={<IconTag size={15} aria-hidden />}
            {...shared}
          />
          <BulkTags
            opened={open === 'untag'}
            onToggle={() => toggle('untag')}
            action="untag"
            icon={<IconTagOff size={15} aria-hidden />}
            {...shared}
          />
        </>
      )}
      {mayMerge && (
        <Button
          variant="default"
          leftSection={<IconArrowMerge size={15} aria-hidden />}
          disabled={isPending}
          onClick={merge}
        >
          {t('customers.merge.action')}
        </Button>
      )}
      {mayWrite && (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon variant="default" size={30} loading={isPending} aria-label={t('customers.more_actions')}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconCircleCheck size={15} aria-hidden />} onClick={() => activate(true)}>
              {t('customers.bulk.activate')}
            </Menu.Item>
            <Menu.Item leftSection={<IconCircleOff size={15} aria-hidden />} onClick={() => activate(false)}>
              {t('customers.bulk.deactivate')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
