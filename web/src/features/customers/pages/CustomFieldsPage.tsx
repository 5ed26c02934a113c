import { ActionIcon, Badge, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconForms, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { may, useMe } from '@/api/session';
import type { CustomField } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { LinkTabs } from '@/ui/tabs/LinkTabs';
import { showRefusal } from '@/ui/toasts';
import { CustomFieldDrawer } from '../components/CustomFieldDrawer';
import {
  customFieldsQuery,
  type FieldEntity,
  fieldEntities,
  useDeleteCustomField,
  useOrderCustomFields,
} from '../custom-fields';

/** Who may see records of a kind may see its fields. */
const readers = { customer: 'customer.read', lead: 'lead.read', opportunity: 'opportunity.read' } as const;

/** The fields that the organisation has added to its customers, leads or opportunities. */
export function CustomFieldsPage({ entity }: { entity: FieldEntity }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const { data, error, refetch } = useQuery(customFieldsQuery(entity));
  const [edited, setEdited] = useState<CustomField | 'new' | undefined>();
  const [doomed, setDoomed] = useState<{ field: CustomField; force: boolean } | undefined>();
  const order = useOrderCustomFields(entity);
  const remove = useDeleteCustomField(entity);
  const mayManage = may(me, 'custom_field.manage');
  const entities = fieldEntities.filter((one) => one === entity || may(me, readers[one]));
  const labelOf = ({ label_tr, label_en }: CustomField) => (asLanguage(i18n.language) === 'en' && label_en) || label_tr;
  const move = (field: CustomField, by: number) => {
    if (!data) return;
    const rest = data.filter((other) => other !== field);
    rest.splice(data.indexOf(field) + by, 0, field);
    order.mutate(rest, { onError: (refusal) => showRefusal(textOf(refusal)) });
  };
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      {t('customers.custom.new')}
    </Button>
  );

  return (
    <Page title={t('customers.custom.title')} lead={t('customers.custom.lead')} actions={mayManage && add}>
      {/* Who sees one kind only has nothing to choose. */}
      {entities.length > 1 && (
        <LinkTabs
          label={t('customers.custom.title')}
          current={entity}
          tabs={entities.map((id) => ({
            id,
            to: '/settings/custom-fields',
            search: id === 'customer' ? {} : { entity: id },
            label: t(`customers.custom.entities.${id}`),
          }))}
        />
      )}
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('customers.custom.title')}
          rows={data}
          rowId={({ id }) => id}
          columns={[
            { id: 'label', header: t('customers.custom.label'), cell: labelOf },
            { id: 'key', header: t('customers.custom.key'), cell: ({ key }) => <code>{key}</code> },
            {
              id: 'kind',
              header: t('customers.custom.kind'),
              cell: ({ kind }) => t(`customers.custom.kinds.${kind}`),
            },
            {
              id: 'required',
              header: t('customers.custom.required'),
              cell: ({ is_required }) =>
                is_required ? <Badge variant="light">{t('common.yes')}</Badge> : t('common.no'),
            },
          ]}
          actions={
            mayManage
              ? (field) => (
                  <>
                    {(
                      [
                        [IconArrowUp, 'up', data?.[0] === field, () => move(field, -1)],
                        [IconArrowDown, 'down', data?.at(-1) === field, () => move(field, 1)],
                        [IconPencil, 'edit', false, () => setEdited(field)],
                        [IconTrash, 'delete', false, () => setDoomed({ field, force: false })],
                      ] as const
                    ).map(([Icon, name, disabled, run]) => (
                      <ActionIcon
                        key={name}
                        variant="subtle"
                        color="gray"
                        disabled={disabled || order.isPending}
                        aria-label={t(`customers.custom.actions.${name}`, { name: labelOf(field) })}
                        onClick={run}
                      >
                        <Icon size={16} aria-hidden />
                      </ActionIcon>
                    ))}
                  </>
                )
              : undefined
          }
          empty={
            <EmptyState icon={IconForms} title={t('customers.custom.none')} text={t('customers.custom.none_text')}>
              {mayManage && add}
            </EmptyState>
          }
        />
      )}
      {edited && (
        <CustomFieldDrawer
          entity={entity}
          field={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('customers.custom.delete_title', { name: doomed && labelOf(doomed.field) })}
        text={doomed?.force ? t(`customers.custom.delete_values.${entity}`) : t('customers.custom.delete_text')}
        confirm={t('customers.delete')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() =>
          doomed &&
          remove.mutate(
            { id: doomed.field.id, force: doomed.force },
            {
              onError: (refusal) => {
                // Records have something in it: asked once more, with what would be lost.
                if (refusal instanceof ApiError && refusal.status === 409 && !doomed.force)
                  setDoomed({ ...doomed, force: true });
                else showRefusal(textOf(refusal));
              },
            },
          )
        }
      />
    </Page>
  );
}
