import { Alert, Badge, Button, Group, Modal, Skeleton, Switch, Text } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconExternalLink } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, isStatus } from '@/api/error';
import { may, useMe } from '@/api/session';
import type { WebForm } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { LinkTabs } from '@/ui/tabs/LinkTabs';
import { showNote, showRefusal, showUndo } from '@/ui/toasts';
import { useUndoStack } from '@/ui/use-undo-stack';
import { BuildTab } from '../components/BuildTab';
import { EmbedTab } from '../components/EmbedTab';
import { FiguresTab } from '../components/FiguresTab';
import { SubmissionsTab } from '../components/SubmissionsTab';
import { contentOf, type Draft, draftOf, isSame } from '../draft';
import { type FormParams, tabs } from '../params';
import { formQuery, useChangeForm } from '../queries';

interface Shared {
  params: FormParams;
  onParams: (params: FormParams, replace?: boolean) => void;
  /** A lead as a link, where leads have pages. */
  leadLink?: (id: number, name: string) => ReactNode;
}

/** A form: what it asks, how it comes onto the web, what was sent in by it, and how it does. */
export function FormPage({ id, ...shared }: Shared & { id: number }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(formQuery(id));
  if (error && !data)
    return (
      <Page title={t('common.settings.forms')}>
        <ErrorState error={error} onRetry={() => refetch()} />
      </Page>
    );
  if (!data)
    return (
      <Page title={t('common.settings.forms')} wide>
        <Skeleton height={480} />
      </Page>
    );
  return <Opened form={data} {...shared} />;
}

function Opened({ form, params, onParams, leadLink }: Shared & { form: WebForm }) {
  const { t } = useTranslation();
  const me = useMe();
  const mayManage = may(me, 'form.manage');
  const textOf = useErrorText();
  const client = useQueryClient();
  const change = useChangeForm(form.id);
  const flip = useChangeForm(form.id);
  const draft = useUndoStack<Draft>(() => draftOf(form));
  /** What the draft began as: what others saved meanwhile is not to be lost. */
  const [base, setBase] = useState(form);
  const isDirty = !isSame(draft.value, base);
  // As long as nothing was changed here, what others save, or an undo brings back, is what is edited.
  if (!isDirty && base.version !== form.version) {
    setBase(form);
    draft.reset(draftOf(form));
  }
  const tab = params.tab && (params.tab === 'figures' || params.tab === 'embed' || mayManage) ? params.tab : undefined;
  const current = tab ?? (mayManage ? 'build' : 'figures');
  const errors = change.error instanceof ApiError ? change.error.errors : {};

  const blocker = useBlocker({
    shouldBlockFn: ({ current: from, next }) => isDirty && from.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });

  const save = (version: number | undefined) =>
    change.mutate(
      { name: draft.value.name, slug: draft.value.slug, content: contentOf(draft.value), version },
      {
        onSuccess: ({ form: saved, operation }) => {
          draft.reset(draftOf(saved));
          setBase(saved);
          showUndo(t('forms.saved', { name: saved.name }), operation);
        },
        onError: (error) => {
          // What is wrong with a field stands at it; a conflict above.
          if (!(error instanceof ApiError) || (error.status !== 422 && error.status !== 409))
            showRefusal(textOf(error));
        },
      },
    );
  const takeTheirs = async () => {
    try {
      const theirs = await client.fetchQuery({ ...formQuery(form.id), staleTime: 0 });
      change.reset();
      draft.reset(draftOf(theirs));
      setBase(theirs);
    } catch (error) {
      showRefusal(textOf(error));
    }
  };
  const setActive = (is_active: boolean) =>
    flip.mutate(
      { is_active },
      {
        onSuccess: ({ form: saved, operation }) => {
          // The rest of it is as it was.
          if (saved.version === base.version + 1) setBase({ ...base, version: saved.version });
          showUndo(t(is_active ? 'forms.opened' : 'forms.closed', { name: saved.name }), operation);
        },
        onError: (error) => showRefusal(textOf(error)),
      },
    );

  return (
    <Page
      wide
      title={form.name}
      lead={
        <Link to="/settings/forms" activeOptions={{ exact: true }}>
          {t('forms.back')}
        </Link>
      }
      actions={
        <Group gap="xs">
          {form.is_archived && (
            <Badge variant="light" color="gray">
              {t('forms.archived')}
            </Badge>
          )}
          {form.is_active && !form.is_archived && (
            <Button
              component="a"
              href={form.embedding.url}
              target="_blank"
              rel="noreferrer"
              variant="default"
              leftSection={<IconExternalLink size={15} aria-hidden />}
            >
              {t('forms.page')}
            </Button>
          )}
          {mayManage && !form.is_archived && (
            <Switch
              label={t('forms.is_active')}
              checked={form.is_active}
              disabled={flip.isPending}
              onChange={({ currentTarget }) => setActive(currentTarget.checked)}
            />
          )}
        </Group>
      }
    >
      <LinkTabs
        label={form.name}
        current={current}
        tabs={tabs
          .filter((id) => mayManage || id === 'figures' || id === 'embed')
          .map((id) => ({
            id,
            to: `/settings/forms/${form.id}` as '/settings/forms',
            search: { ...(params.lang && { lang: params.lang }), ...(id !== 'build' && { tab: id }) },
            label: t(`forms.tabs.${id}`),
          }))}
      />
      {current === 'build' && (
        <>
          {isStatus(change.error, 409) && (
            <Alert color="orange" variant="light" title={t('forms.conflict')} role="alert">
              <Text size="sm">{t('forms.conflict_text')}</Text>
              <Group gap="xs" mt="xs">
                <Button variant="default" onClick={takeTheirs}>
                  {t('forms.take_theirs')}
                </Button>
                <Button variant="default" onClick={() => save(undefined)} loading={change.isPending}>
                  {t('forms.keep_mine')}
                </Button>
              </Group>
            </Alert>
          )}
          <BuildTab
            draft={draft.value}
            change={draft.change}
            refused={errors}
            lang={params.lang}
            onLang={(lang) => onParams({ ...params, lang }, true)}
            foot={
              <Group gap="xs">
                <Button disabled={!isDirty} loading={change.isPending} onClick={() => save(base.version)}>
                  {t('common.save')}
                </Button>
                <Button
                  variant="default"
                  disabled={!draft.undo}
                  leftSection={<IconArrowBackUp size={15} aria-hidden />}
                  onClick={draft.undo}
                >
                  {t('forms.undo')}
                </Button>
                <Button
                  variant="default"
                  disabled={!draft.redo}
                  leftSection={<IconArrowForwardUp size={15} aria-hidden />}
                  onClick={draft.redo}
                >
                  {t('forms.redo')}
                </Button>
                <Text size="sm" c="dimmed" role="status">
                  {isDirty ? t('forms.dirty') : t('forms.clean')}
                </Text>
              </Group>
            }
          />
        </>
      )}
      {current === 'embed' && <EmbedTab form={form} />}
      {current === 'submissions' && (
        <SubmissionsTab
          id={form.id}
          state={params.state}
          onState={(state) => onParams({ ...params, state }, true)}
          leadLink={leadLink}
        />
      )}
      {current === 'figures' && (
        <FiguresTab
          id={form.id}
          from={params.from}
          to={params.to}
          onDays={(days) => onParams({ ...params, ...days }, true)}
        />
      )}
      <Modal
        opened={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('forms.leave')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Text>{t('forms.leave_text')}</Text>
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
            {t('forms.stay')}
          </Button>
          <Button
            color="red.8"
            onClick={() => {
              showNote(t('forms.left'));
              blocker.proceed?.();
            }}
          >
            {t('forms.leave_anyway')}
          </Button>
        </Group>
      </Modal>
    </Page>
  );
}
