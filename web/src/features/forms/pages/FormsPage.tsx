import { ActionIcon, Badge, Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArchive, IconArchiveOff, IconExternalLink, IconForms, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { WebForm } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { formatConversion } from '../figures';
import { formsQuery, useChangeForm, useCreateForm, useDeleteForm } from '../queries';
import classes from './FormsPage.module.css';

/** What the page shows, as the address bar says it. */
export interface FormsParams {
  archived?: 'true';
  /** Is the form of a new form open? */
  open?: 'new';
}

/** The forms that leads come in by, with what came of each. */
export function FormsPage({
  params,
  onParams,
  onMade,
}: {
  params: FormsParams;
  onParams: (params: FormsParams) => void;
  onMade: (form: WebForm) => void;
}) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'form.manage');
  const { data, error, refetch } = useQuery(formsQuery);
  const isArchive = params.archived === 'true';
  const shown = data?.filter(({ is_archived }) => is_archived === isArchive);
  const number = (count: number) => formatCount(count, i18n.language);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onParams({ ...params, open: 'new' })}>
      {t('forms.new')}
    </Button>
  );

  return (
    <Page wide title={t('common.settings.forms')} lead={t('forms.lead')} actions={add}>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('forms.which')}
          value={isArchive ? 'archived' : 'current'}
          onChange={(next) => onParams(next === 'archived' ? { archived: 'true' } : {})}
          data={[
            { value: 'current', label: t('forms.current') },
            { value: 'archived', label: t('forms.archived_list') },
          ]}
        />
      </Group>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : (
        <PlainTable
          label={t('common.settings.forms')}
          rows={shown}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'name',
              header: t('forms.name'),
              cell: ({ id, name, slug }) => (
                <span className={classes.named}>
                  <Link to="/settings/forms/$formId" params={{ formId: id }}>
                    {name}
                  </Link>
                  <small>/f/{slug}</small>
                </span>
              ),
            },
            {
              id: 'state',
              header: t('forms.state'),
              cell: ({ is_active, is_archived }) => (
                <Badge variant="light" color={is_active && !is_archived ? 'green' : 'gray'}>
                  {t(is_archived ? 'forms.archived' : is_active ? 'forms.active' : 'forms.inactive')}
                </Badge>
              ),
            },
            { id: 'views', header: t('forms.views'), align: 'end', cell: ({ figures }) => number(figures.views) },
            {
              id: 'submissions',
              header: t('forms.submissions'),
              align: 'end',
              cell: ({ figures }) => number(figures.submissions),
            },
            { id: 'leads', header: t('forms.leads'), align: 'end', cell: ({ figures }) => number(figures.leads) },
            {
              id: 'conversion',
              header: t('forms.conversion'),
              align: 'end',
              cell: ({ figures }) => formatConversion(figures.conversion, i18n.language),
            },
          ]}
          actions={(form) => <Actions form={form} mayManage={mayManage} />}
          empty={
            isArchive ? (
              <EmptyState icon={IconArchive} title={t('forms.none_archived')} />
            ) : (
              <EmptyState icon={IconForms} title={t('forms.none')} text={t('forms.none_text')}>
                {add}
              </EmptyState>
            )
          }
        />
      )}
      {shown && shown.length > 0 && <p className={classes.note}>{t('forms.of_thirty_days')}</p>}
      {mayManage && params.open === 'new' && (
        <NewFormDrawer onClose={() => onParams({ archived: params.archived })} onMade={onMade} />
      )}
    </Page>
  );
}

function Actions({ form, mayManage }: { form: WebForm; mayManage: boolean }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useChangeForm(form.id);
  const remove = useDeleteForm();
  const [isDoomed, setDoomed] = useState(false);
  const { name, is_archived } = form;
  const refuse = (error: unknown) => showRefusal(textOf(error));
  const archive = () =>
    change.mutate(
      { is_archived: !is_archived },
      {
        onSuccess: ({ operation }) =>
          showUndo(t(is_archived ? 'forms.restored' : 'forms.was_archived', { name }), operation),
        onError: refuse,
      },
    );
  return (
    <>
      {form.is_active && !is_archived && (
        <ActionIcon
          component="a"
          href={form.embedding.url}
          target="_blank"
          rel="noreferrer"
          aria-label={t('forms.open_page', { name })}
        >
          <IconExternalLink size={16} aria-hidden />
        </ActionIcon>
      )}
      {mayManage && (
        <>
          <ActionIcon
            aria-label={t(is_archived ? 'forms.restore' : 'forms.archive', { name })}
            disabled={change.isPending}
            onClick={archive}
          >
            {is_archived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
          </ActionIcon>
          <ActionIcon aria-label={t('forms.delete', { name })} onClick={() => setDoomed(true)}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </>
      )}
      <ConfirmDialog
        opened={isDoomed}
        title={t('forms.delete_title', { name })}
        text={t('forms.delete_text')}
        confirm={t('forms.delete_confirm')}
        onClose={() => setDoomed(false)}
        onConfirm={() =>
          remove.mutate(form.id, {
            onSuccess: (operation) => showUndo(t('forms.deleted', { name }), operation),
            onError: refuse,
          })
        }
      />
    </>
  );
}

const fields = ['name'];

function NewFormDrawer({ onClose, onMade }: { onClose: () => void; onMade: (form: WebForm) => void }) {
  const { t } = useTranslation();
  const create = useCreateForm();
  const form = useForm({ initialValues: { name: '' } });
  const submit = form.onSubmit(({ name }) =>
    create.mutate(name, {
      onSuccess: ({ form: made, operation }) => {
        showUndo(t('forms.made', { name: made.name }), operation);
        onMade(made);
      },
      onError: (error) => form.setErrors(errorsOf(error, fields)),
    }),
  );
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('forms.new')}
      submit={t('forms.make')}
      onSubmit={submit}
      isPending={create.isPending}
      error={create.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput
        label={t('forms.name')}
        description={t('forms.name_hint')}
        data-autofocus
        {...form.getInputProps('name')}
      />
    </FormDrawer>
  );
}
