import { ActionIcon, Badge, Menu } from '@mantine/core';
import {
  IconArrowMerge,
  IconCopyCheck,
  IconDots,
  IconEraser,
  IconEye,
  IconFileZip,
  IconShare3,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Customer } from '@/api/types';
import { useCommands } from '@/ui/commands/registry';
import { useDeletion } from '@/ui/record-page/use-deletion';
import { duplicateCountQuery } from '../record-queries';

// Opened seldom, so fetched when asked for.
const ShareDrawer = lazy(() => import('./ShareDrawer'));
const AccessDrawer = lazy(() => import('./AccessDrawer'));
const EraseDialog = lazy(() => import('./EraseDialog'));
const MergeDialog = lazy(() => import('./MergeDialog'));

type Opened = 'share' | 'access' | 'erase' | 'merge';

/** What is done with a customer seldom: sharing, merging, personal data, deletion. */
export function CustomerMenu({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { history } = useRouter();
  const [opened, setOpened] = useState<Opened | undefined>();
  const close = () => setOpened(undefined);
  const deletion = useDeletion({
    kind: 'customers',
    id: customer.id,
    name: customer.name,
    onGone: () => navigate({ to: '/customers' }),
  });
  const mayMerge = may(me, 'customer.merge');
  const { data: duplicates = 0 } = useQuery({ ...duplicateCountQuery(customer.id), enabled: mayMerge });

  const command = (id: Opened, label: string, icon: typeof IconTrash, permission: string) =>
    may(me, permission) ? [{ id: `customer.${id}`, label, icon, run: () => setOpened(id) }] : [];
  useCommands(customer.name, [
    ...command('share', t('customers.share.action'), IconShare3, 'customer.share'),
    ...command('merge', t('customers.merge.action'), IconArrowMerge, 'customer.merge'),
    ...(may(me, 'customer.delete')
      ? [{ id: 'customer.delete', label: deletion.label, icon: IconTrash, run: deletion.ask }]
      : []),
  ]);

  const isAllowed = [
    'customer.share',
    'access.explain',
    'customer.merge',
    'customer.export_personal_data',
    'customer.erase',
    'customer.delete',
  ].some((permission) => may(me, permission));
  if (!isAllowed) return null;

  const icon = (Icon: typeof IconTrash) => <Icon size={15} aria-hidden />;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('customers.more_actions')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may(me, 'customer.share') && (
            <Menu.Item leftSection={icon(IconShare3)} onClick={() => setOpened('share')}>
              {t('customers.share.action')}
            </Menu.Item>
          )}
          {may(me, 'access.explain') && (
            <Menu.Item leftSection={icon(IconEye)} onClick={() => setOpened('access')}>
              {t('customers.access.action')}
            </Menu.Item>
          )}
          {mayMerge && (
            <>
              <Menu.Divider />
              <Menu.Item
                leftSection={icon(IconCopyCheck)}
                rightSection={
                  duplicates > 0 && (
                    <Badge size="sm" variant="light" color="orange">
                      {duplicates}
                    </Badge>
                  )
                }
                onClick={() => history.push(`/customers/duplicates?customer=${customer.id}`)}
              >
                {t('customers.of_this')}
              </Menu.Item>
              <Menu.Item leftSection={icon(IconArrowMerge)} onClick={() => setOpened('merge')}>
                {t('customers.merge.action')}
              </Menu.Item>
            </>
          )}
          <Menu.Divider />
          {may(me, 'customer.export_personal_data') && (
            <Menu.Item
              leftSection={icon(IconFileZip)}
              component="a"
              href={`/api/v1/crm/customers/${customer.id}/personal-data/`}
              download
            >
              {t('customers.personal_data')}
            </Menu.Item>
          )}
          {may(me, 'customer.delete') && (
            <Menu.Item leftSection={icon(IconTrash)} onClick={deletion.ask}>
              {deletion.label}
            </Menu.Item>
          )}
          {may(me, 'customer.erase') && (
            <Menu.Item leftSection={icon(IconEraser)} color="var(--crm-bad)" onClick={() => setOpened('erase')}>
              {t('customers.erase.action')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {deletion.dialog}
      <Suspense>
        {opened === 'share' && <ShareDrawer id={customer.id} onClose={close} />}
        {opened === 'access' && <AccessDrawer id={customer.id} onClose={close} />}
        {opened === 'erase' && <EraseDialog customer={customer} onClose={close} />}
        {opened === 'merge' && (
          <MergeDialog
            id={customer.id}
            onClose={close}
            onChosen={(other) => history.push(`/customers/merge?ids=${customer.id},${other}`)}
          />
        )}
      </Suspense>
    </>
  );
}
