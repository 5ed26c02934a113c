import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { createQueryClient, keys } from '@/api/query';
import { show } from '@/test/render';
import { serve } from '@/test/server';
import { SecurityPage } from './pages/SecurityPage';
import { SignInPage } from './pages/SignInPage';

const api = '/api/v1/crm';
const me = {
  id: 1,
  name: 'Ayşe',
  csrf_token: 'c1',
  permissions: {},
  two_factor: { is_on: false, is_required: true, recovery_codes_left: 0 },
};
const door = {
  [`GET ${api}/setup/`]: { body: { needed: false } },
  [`GET ${api}/session/options/`]: { body: { oidc: { label: 'Kurum', start: `${api}/oidc/start/` } } },
};

it('asks for a code after the password, and lets in with it', async () => {
  const sent = serve({
    ...door,
    [`POST ${api}/session/`]: {
      status: 202,
      body: { code: 'two_factor_required', challenge: 'abc', methods: ['code'] },
    },
    [`POST ${api}/session/second-step/`]: ({ body }) =>
      (body as { code: string }).code === '1'
        ? { body: me }
        : { status: 422, body: { detail: 'x', errors: { code: ['Kod yanlış'] } } },
  });
  const onDone = vi.fn();
  show(<SignInPage onDone={onDone} onLanguage={() => {}} />);
  await userEvent.type(screen.getByLabelText('E-posta'), 'a@b.tr');
  await userEvent.type(screen.getByLabelText('Parola'), 'pw');
  await userEvent.click(screen.getByRole('button', { name: 'Giriş yap' }));
  await userEvent.type(await screen.findByLabelText('Kod'), '0{Enter}');
  expect(await screen.findByText('Kod yanlış')).toBeVisible();
  expect(onDone).not.toHaveBeenCalled();
  await userEvent.type(screen.getByLabelText('Kod'), '1{Enter}');
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(sent.at(-1)?.body).toEqual({ challenge: 'abc', code: '1' });
});

it('offers the provider, and says why it came to nothing', async () => {
  serve(door);
  show(<SignInPage next="/customers/7" problem="account" onDone={() => {}} onLanguage={() => {}} />);
  const link = await screen.findByRole('link', { name: 'Kurum ile giriş yap' });
  expect(link).toHaveAttribute('href', `${api}/oidc/start/?next=%2Fcustomers%2F7`);
  expect(screen.getByRole('alert')).toHaveTextContent('etkin bir hesap yok');
});

it('turns the second factor on and shows the recovery codes once', async () => {
  const client = createQueryClient();
  client.setQueryData(keys.me, me);
  const sent = serve({
    [`GET ${api}/me/`]: { body: { ...me, two_factor: { is_on: true, is_required: true, recovery_codes_left: 2 } } },
    [`GET ${api}/me/sessions/`]: { body: { results: [] } },
    [`POST ${api}/me/two-factor/`]: { body: { secret: 'JBSW', uri: 'otpauth://x', qr_svg: '<svg/>' } },
    [`POST ${api}/me/two-factor/confirm/`]: { body: { recovery_codes: ['AAAA-BBBB', 'CCCC-DDDD'], csrf_token: 'c2' } },
  });
  show(<SecurityPage />, client);
  expect(screen.getByRole('alert')).toHaveTextContent('zorunlu');
  const [password] = screen.getAllByLabelText('Şimdiki parola');
  await userEvent.type(password as HTMLElement, 'pw{Enter}');
  expect(await screen.findByText('JBSW')).toBeVisible();
  await userEvent.type(screen.getByLabelText('Kod'), '1{Enter}');
  expect(await screen.findByText('AAAA-BBBB')).toBeVisible();
  expect(sent.find(({ path }) => path.endsWith('/two-factor/'))?.body).toEqual({ current_password: 'pw' });
  await userEvent.click(screen.getByRole('button', { name: 'Sakladım' }));
  expect(await screen.findByText('Açık. 2 kurtarma kodu kaldı.')).toBeVisible();
  expect(screen.queryByText('AAAA-BBBB')).toBeNull();
});
