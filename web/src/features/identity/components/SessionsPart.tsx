import { Badge, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Session } from '@/api/types';
import { When } from '@/ui/When';
import classes from '../pages/SecurityPage.module.css';
import { sessionsQuery, useEndSessions } from '../queries';

/** Where one is signed in, and the way out of there. */
export function SessionsPart() {
  const { t } = useTranslation();
  const { data } = useQuery(sessionsQuery);
  const end = useEndSessions();
  return (
    <section className={classes.part} aria-labelledby="security-sessions">
      <h2 id="security-sessions">{t('identity.security.sessions')}</h2>
      <ul className={classes.sessions}>
        {data?.results.map((session) => (
          <li key={session.id}>
            <span>
              <Device session={session} />
              <small>
                {session.ip_address} · <When at={session.seen_at} relative />
              </small>
            </span>
            {session.is_current ? (
              <Badge variant="light">{t('identity.security.this_session')}</Badge>
            ) : (
              <Button variant="subtle" onClick={() => end.mutate(session.id)}>
                {t('identity.security.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Group gap="xs">
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate('others')}>
          {t('identity.security.end_others')}
        </Button>
        <Button variant="default" loading={end.isPending} onClick={() => end.mutate('all')}>
          {t('identity.security.end_all')}
        </Button>
      </Group>
    </section>
  );
}

function Device({ session }: { session: Session }) {
  const { t } = useTranslation();
  return [session.browser, session.system].filter(Boolean).join(', ') || t('identity.security.unknown_device');
}
