import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/ui/record-page/Panel';
import { When } from '@/ui/When';
import { consentsQuery } from '../queries';
import classes from './Lead.module.css';
import lines from './Lines.module.css';

/** What the lead agreed to, and where, the newest word first. Absent where nothing was said. */
export function ConsentsPanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data: consents = [] } = useQuery(consentsQuery(id));
  if (consents.length === 0) return null;
  return (
    <Panel title={t('leads.consents')}>
      <ul className={lines.lines}>
        {consents.toReversed().map((consent) => (
          <li key={consent.id}>
            {t(`common.consent.channel.${consent.channel}`)} · {t(`common.consent.purpose.${consent.purpose}`)}:{' '}
            <b>{t(`common.consent.status.${consent.status}`)}</b>
            <p className={classes.dim}>
              {t(`common.consent.source.${consent.source}`)} · <When at={consent.at} style="date-time" />
            </p>
            {consent.evidence && <p className={classes.dim}>{consent.evidence}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
