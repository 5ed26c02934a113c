import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { createQueryClient, keys } from '@/api/query';
import type { PermissionInfo, Scope, Team } from '@/api/types';
import { show } from '@/test/render';
import { serve } from '@/test/server';
import { codeExample } from './code-example';
import { GrantMatrix } from './components/GrantMatrix';
import { OrganisationPage } from './pages/OrganisationPage';
import { TokensPage } from './pages/TokensPage';
import { UsersPage } from './pages/UsersPage';
import { mattersOf } from './roles';
import { possibleParents, treeOf } from './teams';

const api = '/api/v1/crm';
const me = {
  id: 1,
  name: 'Ayşe',
  csrf_token: 'c1',
  permissions: { 'user.manage': 'all', 'customer.read': 'own' },
  two_factor: { is_on: false, is_required: false, recovery_codes_left: 0 },
};

/** Puts a text in at once: letter by letter would draw these forms anew for each. */
const fill = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

function client() {
  const made = createQueryClient();
  made.setQueryData(keys.me, me);
  return made;
}

const team = (id: number, name: string, parent_id: number | null = null): Team => ({
  id,
  name,
  parent_id,
  manager_id: null,
  manager_name: null,
  user_count: 0,
});

it('puts teams below their parents, and offers no team a place below itself', () => {
  const teams = [team(3, 'Anadolu', 2), team(4, 'Ege'), team(2, 'İstanbul', 1), team(1, 'Satış')];
  const said = (branches: { team: Team; depth: number }[]) => branches.map(({ team, depth }) => [team.name, depth]);
  expect(said(treeOf(teams))).toEqual([
    ['Ege', 0],
    ['Satış', 0],
    ['İstanbul', 1],
    ['Anadolu', 2],
  ]);
  expect(said(possibleParents(teams, 2))).toEqual([
    ['Ege', 0],
    ['Satış', 0],
  ]);
  expect(said(possibleParents(teams, 4)).map(([name]) => name)).toEqual(['Satış', 'İstanbul', 'Anadolu']);
  expect(possibleParents(teams, undefined)).toHaveLength(4);
});

it('shows the first code of a pattern, and none of one that cannot be used', () => {
  expect(codeExample('', '2026-11-23')).toBe('M-000001');
  expect(codeExample('MÜŞ-{YYYY}/{MM}-{0000}', '2026-11-23')).toBe('MÜŞ-2026/11-0001');
  for (const wrong of ['M-', '{yyyy}-{00}', '{00}-{00}', 'M-{0', `${'x'.repeat(18)}{000}`])
    expect(codeExample(wrong, '2026-11-23')).toBeUndefined();
});

const permission = (name: string, is_scoped: boolean): PermissionInfo => {
  const [entity = '', action = ''] = name.split('.');
  return { name, entity, action, is_scoped, label_tr: name, label_en: name };
};

it('chooses scopes by the arrows, one of a line, and none where a permission knows none', async () => {
  const permissions = [permission('audit.read', false), permission('customer.read', true)];
  expect(mattersOf(permissions).map(({ entity }) => entity)).toEqual(['customer', 'audit']);
  const onChange = vi.fn<(grants: Record<string, Scope>) => void>();
  show(
    <GrantMatrix permissions={permissions} value={{ 'customer.read': 'own', 'report.x': 'all' }} onChange={onChange} />,
  );
  const line = screen.getByRole('row', { name: /customer.read/ });
  expect(within(line).getByRole('radio', { name: 'customer.read Kendi' })).toBeChecked();
  await userEvent.click(within(line).getByRole('radio', { name: 'customer.read Tümü' }));
  expect(onChange).toHaveBeenLastCalledWith({ 'customer.read': 'all', 'report.x': 'all' });
  await userEvent.click(within(line).getByRole('radio', { name: 'customer.read Hayır' }));
  expect(onChange).toHaveBeenLastCalledWith({ 'report.x': 'all' });
  expect(within(screen.getByRole('row', { name: /audit.read/ })).getAllByRole('radio')).toHaveLength(2);
});

it('keeps what was typed when the server refuses the organisation, and says why at the field', async () => {
  const organisation = {
    name: 'Işık',
    time_zone: 'Europe/Istanbul',
    currency: 'TRY',
    locale: 'tr',
    customer_code_pattern: '',
  };
  serve({
    [`GET ${api}/organisation/`]: { body: organisation },
    [`PATCH ${api}/organisation/`]: { status: 422, body: { detail: 'x', errors: { name: ['Çok uzun'] } } },
  });
  show(<OrganisationPage />, client());
  const name = await screen.findByLabelText('Kuruluş adı');
  expect(screen.getByRole('button', { name: 'Kaydet' })).toBeDisabled();
  fill(name, 'Işık A.Ş.');
  await userEvent.click(screen.getByRole('button', { name: 'Kaydet' }));
  expect(await screen.findByText('Çok uzun')).toBeVisible();
  expect(name).toHaveValue('Işık A.Ş.');
});

const user = {
  id: 7,
  name: 'Can Er',
  email: 'can@x.tr',
  is_active: true,
  locale: '',
  team_id: null,
  team_name: null,
  role_ids: [2],
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};
const people = {
  [`GET ${api}/users/`]: { body: { count: 1, next: null, results: [user] } },
  [`GET ${api}/teams/`]: { body: { results: [] } },
  [`GET ${api}/roles/`]: { body: { results: [{ id: 2, name: 'Satış', grants: {} }] } },
};

it('shuts an account only after asking', async () => {
  const sent = serve({ ...people, [`PATCH ${api}/users/7/`]: { body: { ...user, is_active: false } } });
  show(<UsersPage params={{}} onParams={() => {}} />, client());
  const row = await screen.findByRole('row', { name: /Can Er/ });
  await waitFor(() => expect(within(row).getByText('Satış')).toBeVisible());
  await userEvent.click(screen.getByRole('button', { name: 'Can Er için işlemler' }));
  expect(screen.queryByRole('menuitem', { name: 'Onun gözünden bak' })).toBeNull();
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Hesabı kapat' }));
  const dialog = await screen.findByRole('dialog', { name: 'Hesabı kapat' });
  expect(sent.some(({ method }) => method === 'PATCH')).toBe(false);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Hesabı kapat' }));
  await waitFor(() => expect(sent.find(({ method }) => method === 'PATCH')?.body).toEqual({ is_active: false }));
});

it('offers what applies: unlocking whom a wait keeps out, turning off a second factor that is on', async () => {
  const locked = { ...user, is_locked: true, two_factor_on: false };
  const safe = { ...user, id: 8, name: 'Ece Su', email: 'ece@x.tr', is_locked: false, two_factor_on: true };
  serve({ ...people, [`GET ${api}/users/`]: { body: { count: 2, next: null, results: [locked, safe] } } });
  show(<UsersPage params={{}} onParams={() => {}} />, client());
  const row = await screen.findByRole('row', { name: /Can Er/ });
  expect(within(row).getByText('Kilitli')).toBeVisible();
  expect(within(row).getByText('Hiç')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Can Er için işlemler' }));
  expect(await screen.findByRole('menuitem', { name: 'Giriş kilidini kaldır' })).toBeVisible();
  expect(screen.queryByRole('menuitem', { name: 'İki adımlı girişi kapat' })).toBeNull();
  await userEvent.keyboard('{Escape}');
  await userEvent.click(screen.getByRole('button', { name: 'Ece Su için işlemler' }));
  expect(await screen.findByRole('menuitem', { name: 'İki adımlı girişi kapat' })).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('menuitem', { name: 'Giriş kilidini kaldır' })).toBeNull());
});

it('gives a new user a way to a password at once', async () => {
  const sent = serve({
    ...people,
    [`POST ${api}/users/`]: { body: user },
    [`POST ${api}/users/7/password-reset/`]: { body: { link: 'https://crm/new-password#x', expires_at: '2026-01-02' } },
  });
  const onParams = vi.fn();
  show(<UsersPage params={{ user: 'new' }} onParams={onParams} />, client());
  fill(await screen.findByLabelText('Adı soyadı'), 'Can Er');
  fill(screen.getByLabelText('E-posta'), 'can@x.tr');
  await userEvent.click(screen.getByRole('button', { name: 'Oluştur' }));
  expect(await screen.findByDisplayValue('https://crm/new-password#x')).toBeInTheDocument();
  expect(onParams).toHaveBeenCalledWith({});
  expect(sent.find(({ method, path }) => method === 'POST' && path === `${api}/users/`)?.body).toMatchObject({
    name: 'Can Er',
    role_ids: [],
    team_id: null,
  });
});

it('shows the secret of a token once', async () => {
  const sent = serve({
    [`GET ${api}/tokens/`]: { body: { results: [] } },
    [`GET ${api}/roles/permissions/`]: { body: [permission('customer.read', true)] },
    [`POST ${api}/tokens/`]: {
      body: { id: 1, user_id: 1, user_name: 'Ayşe', name: 'Aktarım', scopes: ['*'], secret: 'crm_gizli' },
    },
  });
  const onNew = vi.fn();
  show(<TokensPage isNew onNew={onNew} />, client());
  fill(await screen.findByLabelText('Ad'), 'Aktarım');
  await userEvent.click(screen.getByLabelText('Yapabildiğim her şey'));
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Oluştur' }));
  expect(await screen.findByDisplayValue('crm_gizli')).toBeInTheDocument();
  expect(onNew).toHaveBeenCalledWith(false);
  expect(sent.find(({ method }) => method === 'POST')?.body).toMatchObject({ name: 'Aktarım', scopes: ['*'] });
  await userEvent.click(screen.getByRole('button', { name: 'Tamam' }));
  await waitFor(() => expect(screen.queryByDisplayValue('crm_gizli')).toBeNull());
});
