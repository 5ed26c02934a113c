import { Badge, Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Token } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Page } from '@/ui/page/Page';
import { type PlainColumn, PlainTable } from '@/ui/plain-table/PlainTable';
import { SecretDialog } from '@/ui/SecretDialog';
import { showRefusal, showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { TokenDrawer } from '../components/TokenDrawer';
import { usePermissionNames } from '../permission-names';
import { tokensQuery, useRevokeToken } from '../tokens';
import classes from './Settings.module.css';

/** The tokens with which other programs come. */
export function TokensPage({ isNew, onNew }: { isNew: boolean; onNew: (isNew: boolean) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const textOf = useErrorText();
  const { data: tokens, error, refetch } = useQuery(tokensQuery);
  const say = usePermissionNames();
  const revoke = useRevokeToken();
  const [created, setCreated] = useState<Token>();
  const [asked, setAsked] = useState<Token>();
  const seesAll = may(me, 'token.manage');

  const columns: PlainColumn<Token>[] = [
    { id: 'name', header: t('identity.tokens.name'), cell: ({ name }) => name },
    ...(seesAll ? [{ id: 'user', header: t('identity.tokens.owner'), cell: ({ user_name }: Token) => user_name }] : []),
    {
      id: 'scopes',
      header: t('identity.tokens.scopes'),
      cell: ({ scopes }) =>
        scopes.includes('*') ? t('identity.tokens.everything') : scopes.map((scope) => say(scope)).join(', '),
    },
    {
      id: 'expires',
      header: t('identity.tokens.expires'),
      cell: ({ expires_at }) => <Expiry at={expires_at} />,
    },
    {
      id: 'used',
      header: t('identity.tokens.used'),
      cell: ({ used_at }) =>
        used_at ? <When at={used_at} relative /> : <span className={classes.none}>{t('identity.tokens.unused')}</span>,
    },
  ];
  const begin = (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onNew(true)}>
      {t('identity.tokens.new')}
    </Button>
  );

  return (
    <Page
      wide
      title={t('common.settings.tokens')}
      lead={t('identity.tokens.lead')}
      actions={tokens?.length === 0 ? undefined : begin}
    >
      {error && !tokens ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <PlainTable
          label={t('common.settings.tokens')}
          columns={columns}
          rows={tokens}
          rowId={({ id }) => id}
          actions={(token) => (
            <Button
              variant="subtle"
              color="red"
              aria-label={t('identity.tokens.revoke_named', { name: token.name })}
              onClick={() => setAsked(token)}
            >
              {t('identity.tokens.revoke')}
            </Button>
          )}
          empty={
            <EmptyState icon={IconKey} title={t('identity.tokens.none')} text={t('identity.tokens.none_hint')}>
              {begin}
            </EmptyState>
          }
        />
      )}
      {isNew && (
        <TokenDrawer
          opened
          permissions={Object.keys(me.permissions).map((name) => ({ value: name, label: say(name) }))}
          onClose={() => onNew(false)}
          onCreated={(token) => {
            onNew(false);
            setCreated(token);
          }}
        />
      )}
      <SecretDialog
        opened={created !== undefined}
        onClose={() => setCreated(undefined)}
        title={t('identity.tokens.created', { name: created?.name })}
        text={t('identity.tokens.secret_hint')}
        label={t('identity.tokens.secret')}
        value={created?.secret ?? ''}
      />
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('identity.tokens.revoke')}
        text={t('identity.tokens.revoke_ask', { name: asked?.name })}
        confirm={t('identity.tokens.revoke')}
        onConfirm={() =>
          asked &&
          revoke.mutate(asked.id, {
            onSuccess: () => showUndo(t('identity.tokens.revoked', { name: asked.name }), undefined),
            onError: (problem) => showRefusal(textOf(problem)),
          })
        }
        onClose={() => setAsked(undefined)}
      />
    </Page>
  );
}

function Expiry({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation();
  if (!at) return <span className={classes.none}>{t('identity.tokens.span.never')}</span>;
  if (new Date(at).getTime() < Date.now()) return <Badge color="gray">{t('identity.tokens.expired')}</Badge>;
  return <When at={at} />;
}
