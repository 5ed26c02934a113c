import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http, setCsrfToken } from '@/api/client';
import { keys } from '@/api/query';
import type { MadePasskey, Me, Passkey } from '@/api/types';
import { sessionsQuery, useEnter } from './queries';

/** Does this browser know passkeys, and how to read what the server asks of them? */
export function knowsPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** The person closed the browser's dialog: nothing to be told. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}

/** The device has a passkey for this account already. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError';
}

/** The signed-in user's passkeys. */
export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: async () => (await http.GET('/api/v1/crm/me/passkeys/')).data as { results: Passkey[] },
});

/** Makes a passkey on this device or on one beside it. */
export function useAddPasskey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ current_password, name }: { current_password: string; name: string }) => {
      const asked = (await http.POST('/api/v1/crm/me/passkeys/options/', { body: { current_password } }))
        .data as unknown as {
        publicKey: PublicKeyCredentialCreationOptionsJSON;
      };
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey);
      const credential = jsonOf(await navigator.credentials.create({ publicKey }));
      return (await http.POST('/api/v1/crm/me/passkeys/', { body: { name, credential } })).data as MadePasskey;
    },
    onSuccess: async (made) => {
      setCsrfToken(made.csrf_token);
      await client.invalidateQueries({ queryKey: keys.me });
      await client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
}

/** Removes a passkey. */
export function useRemovePasskey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/me/passkeys/{id}/', { params: { path: { id } } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.me });
      await client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    },
  });
}

/** Signs in with a passkey: alone, or after the password with the challenge that it was answered with. */
export function usePasskeySignIn() {
  const enter = useEnter();
  return useMutation({
    mutationFn: async (challenge?: string) => {
      const asked = (await http.POST('/api/v1/crm/session/passkey/options/')).data as unknown as {
        publicKey: PublicKeyCredentialRequestOptionsJSON;
      };
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey);
      const credential = jsonOf(await navigator.credentials.get({ publicKey }));
      return (await http.POST('/api/v1/crm/session/passkey/', { body: { challenge, credential } })).data as Me;
    },
    onSuccess: enter,
  });
}

function jsonOf(credential: Credential | null) {
  return (credential as PublicKeyCredential).toJSON() as unknown as Record<string, unknown>;
}
