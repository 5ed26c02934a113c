import { ActionIcon, Button, ColorSwatch, Group, Radio, TextInput, Tooltip } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconPlus, IconTags, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Tag } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { tagColors, tagsQuery, useDeleteTag, useSaveTag } from '../tags';

/** The tags there are, how often each is used, and their colours. */
export function TagsPage() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const { data, error, refetch } = useQuery(tagsQuery);
  const [edited, setEdited] = useState<Tag | 'new' | undefined>();
  const [doomed, setDoomed] = useState<Tag | undefined>();
  const remove = useDeleteTag();
  const mayManage = may(me, 'tag.manage');
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      {t('customers.tags.new')}
    </Button>
  );

  return (
    <Page title={t('customers.tags.title')} lead={t('customers.tags.lead')} actions={mayManage && add}>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('customers.tags.title')}
          rows={data}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'name',
              header: t('customers.tags.name'),
              cell: ({ name, color }) => (
                <Group gap={8} wrap="nowrap">
                  <ColorSwatch size={12} color={swatchOf(color)} withShadow={false} aria-hidden />
                  {name}
                </Group>
              ),
            },
            {
              id: 'count',
              header: t('customers.tags.used'),
              align: 'end',
              cell: ({ name, customer_count }) => (
                <Link to="/customers" search={{ tags__has_any: name }}>
                  {formatCount(customer_count, i18n.language)}
                </Link>
              ),
            },
          ]}
          actions={
            mayManage
              ? (tag) => (
                  <>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t('customers.tags.edit', { name: tag.name })}
                      onClick={() => setEdited(tag)}
                    >
                      <IconPencil size={16} aria-hidden />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t('customers.tags.delete', { name: tag.name })}
                      onClick={() => setDoomed(tag)}
                    >
                      <IconTrash size={16} aria-hidden />
                    </ActionIcon>
                  </>
                )
              : undefined
          }
          empty={
            <EmptyState icon={IconTags} title={t('customers.tags.none')} text={t('customers.tags.none_text')}>
              {mayManage && add}
            </EmptyState>
          }
        />
      )}
      {edited && <TagDrawer tag={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('customers.tags.delete_title', { name: doomed?.name })}
        text={t('customers.tags.delete_text', {
          count: doomed?.customer_count ?? 0,
          number: formatCount(doomed?.customer_count ?? 0, i18n.language),
        })}
        confirm={t('customers.delete')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() =>
          doomed &&
          remove.mutate(doomed.id, {
            onSuccess: (operation) => showUndo(t('customers.tags.deleted', { name: doomed.name }), operation),
            onError: (refusal) => showRefusal(textOf(refusal)),
          })
        }
      />
    </Page>
  );
}

const fields = ['name', 'color'];
const swatchOf = (color: string) =>
  color.startsWith('#') ? color : `var(--mantine-color-${color === '' ? 'gray-3' : `${color}-6`})`;

function TagDrawer({ tag, onClose }: { tag: Tag | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveTag();
  const form = useForm({ initialValues: { name: tag?.name ?? '', color: tag?.color ?? '' } });
  const submit = form.onSubmit((values) =>
    save.mutate(
      { id: tag?.id, ...values },
      {
        onSuccess: (operation) => {
          onClose();
          showUndo(t('customers.tags.saved', { name: values.name }), operation);
        },
        onError: (error) => form.setErrors(errorsOf(error, fields)),
      },
    ),
  );
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={tag ? tag.name : t('customers.tags.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('customers.tags.name')} data-autofocus {...form.getInputProps('name')} />
      <Radio.Group label={t('customers.tags.color')} {...form.getInputProps('color')}>
        <Group gap={10} mt={6}>
          {['', ...tagColors].map((color) => (
            <Tooltip key={color} label={t(`customers.tags.colors.${color || 'none'}`)}>
              <Radio
                value={color}
                color={swatchOf(color)}
                aria-label={t(`customers.tags.colors.${color || 'none'}`)}
                styles={{ radio: { background: swatchOf(color), borderColor: 'transparent' } }}
              />
            </Tooltip>
          ))}
        </Group>
      </Radio.Group>
    </FormDrawer>
  );
}
