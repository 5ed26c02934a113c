import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { http, setCsrfToken } from '@/api/client';
import { keys, optimistic } from '@/api/query';
import type { Me } from '@/api/types';
import { asLanguage } from '@/lib/language';
import { speak } from './i18n';

/** Changes the language or the theme of the signed-in user: on the screen at once, without a reload. */
export function useChangeMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { locale?: string; theme?: string }) => http.PATCH('/api/v1/crm/me/', { body }),
    onMutate: async (change) => {
      if (change.locale) await speak(asLanguage(change.locale));
      return optimistic<Me>(client, keys.me, (me) => ({ ...me, ...change }));
    },
    onError: (_error, _change, rollBack) => rollBack?.(),
    // The server's own words (field labels, sentences) are in the language it was asked in.
    onSuccess: (_answer, change) =>
      change.locale && client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] }),
  });
}

/** Ends the session and forgets what it showed. */
export function useSignOut() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => http.DELETE('/api/v1/crm/session/'),
    onSettled: async () => {
      await router.navigate({ to: '/sign-in' });
      setCsrfToken(undefined);
      client.clear();
    },
  });
}
