import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, setCsrfToken } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import { adopt } from '@/api/session';
import type { Me, RecoveryCodes, Session, SignInChallenge, SignInOptions, TwoFactorSecret } from '@/api/types';
import { asLanguage, type Language } from '@/lib/language';

/** Is there no user yet, so that the organisation must be set up first? */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: async () => (await http.GET('/api/v1/crm/setup/')).data as { needed: boolean },
});

/** The provider to sign in at, if there is one. */
export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: async () => (await http.GET('/api/v1/crm/session/options/')).data as SignInOptions,
});

interface Credentials {
  email: string;
  password: string;
}

/** Signs in; the answer is who one is, or a challenge to be answered with a code. */
export function useSignIn() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (body: Credentials) =>
      (await http.POST('/api/v1/crm/session/', { body })).data as Me | SignInChallenge,
    onSuccess: (answer) => {
      if (!isChallenge(answer)) enter(answer);
    },
  });
}

/** Is there a second step? */
export function isChallenge(answer: Me | SignInChallenge): answer is SignInChallenge {
  return 'challenge' in answer;
}

/** The second step of signing in. */
export function useSecondStep() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (body: { challenge: string; code: string }) =>
      (await http.POST('/api/v1/crm/session/second-step/', { body })).data as Me,
    onSuccess: enter,
  });
}

/** Asks the administrators for a new password. */
export function useForgotPassword() {
  return useMutation({
    mutationFn: (email: string) => http.POST('/api/v1/crm/password-reset/', { body: { email } }),
  });
}

/** Chooses a new password by a link. */
export function useNewPassword() {
  return useMutation({
    mutationFn: (body: { token: string; password: string }) =>
      http.POST('/api/v1/crm/password-reset/complete/', { body }),
  });
}

/** The signed-in user's sessions. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async () => {
    const query = { ordering: '-seen_at' };
    return (await http.GET('/api/v1/crm/me/sessions/', { params: { query } })).data as { results: Session[] };
  },
});

/** Ends one session, all others, or all. */
export function useEndSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: number | 'others' | 'all') =>
      typeof which === 'number'
        ? http.DELETE('/api/v1/crm/me/sessions/{id}/', { params: { path: { id: which } } })
        : http.DELETE('/api/v1/crm/me/sessions/', { params: { query: { all: which === 'all' } } }),
    onSuccess: (_answer, which) => {
      if (which === 'all') globalThis.location.assign('/sign-in');
      else return client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
}

/** Begins to set up the second factor. */
export function useBeginTwoFactor() {
  return useMutation({
    mutationFn: async (current_password: string) =>
      (await http.POST('/api/v1/crm/me/two-factor/', { body: { current_password } })).data as TwoFactorSecret,
  });
}

interface Proof {
  current_password: string;
  code: string;
}

/**
 * Turns the second factor on with its first code. `onCodes` gets the recovery codes before anything else changes: the form that asked is gone
 * once the second factor is on, and they are told only once.
 */
export function useConfirmTwoFactor(onCodes: (codes: string[]) => void) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: async (code: string) =>
      (await http.POST('/api/v1/crm/me/two-factor/confirm/', { body: { code } })).data as RecoveryCodes,
    onSuccess: (answer) => {
      onCodes(answer.recovery_codes);
      return renewed(answer);
    },
  });
}

/** New recovery codes in the place of the old; `onCodes` gets them. */
export function useRenewRecoveryCodes(onCodes: (codes: string[]) => void) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: async (body: Proof) =>
      (await http.POST('/api/v1/crm/me/two-factor/recovery-codes/', { body })).data as RecoveryCodes,
    onSuccess: (answer) => {
      onCodes(answer.recovery_codes);
      return renewed(answer);
    },
  });
}

/** Turns the second factor off. */
export function useTwoFactorOff() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Proof) => http.POST('/api/v1/crm/me/two-factor/off/', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.me }),
  });
}

/** Another name, language or theme for oneself: at once on the screen, taken back if the server refuses. */
export function useChangeMe(onLanguage?: (language: Language) => Promise<void>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { name?: string; locale?: string; theme?: string }) =>
      (await http.PATCH('/api/v1/crm/me/', { body })).data as Me,
    onMutate: async (change) => {
      if (change.locale) await onLanguage?.(asLanguage(change.locale));
      // A name is shown everywhere: it waits for the server.
      const { name: _waits, ...look } = change;
      return optimistic<Me>(client, keys.me, (me) => ({ ...me, ...look }));
    },
    onError: (_error, _change, rollBack) => rollBack?.(),
    onSuccess: (me, change) => {
      client.setQueryData(keys.me, adopt(me));
      // The server's own words (field labels, sentences) are in the language it was asked in.
      if (change.locale) client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
    },
  });
}

/** Another password for oneself; other sessions end. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { password: string; current_password: string }) =>
      (await http.PATCH('/api/v1/crm/me/', { body })).data as Me,
    onSuccess: (me) => {
      client.setQueryData(keys.me, adopt(me));
      return client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
}

/** The session got another token: what it signs changes with from now on comes with the answer. */
function useRenewed() {
  const client = useQueryClient();
  return async (answer: RecoveryCodes) => {
    setCsrfToken(answer.csrf_token);
    await client.invalidateQueries({ queryKey: keys.me });
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
}

interface SetUp extends Credentials {
  token: string;
  organisation: string;
  name: string;
  locale: string;
}

/** Makes the organisation and its first user, who is signed in with that. */
export function useSetUp() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (body: SetUp) => (await http.POST('/api/v1/crm/setup/', { body })).data as Me,
    onSuccess: enter,
  });
}

/** Whoever has just signed in begins with nothing of who was here before. */
export function useEnter() {
  const client = useQueryClient();
  return (me: Me) => {
    client.clear();
    client.setQueryData(keys.me, adopt(me));
  };
}
