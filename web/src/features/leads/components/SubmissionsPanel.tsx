import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRecordFields } from '@/api/record-fields';
import type { FormSubmission } from '@/api/types';
import { Panel } from '@/ui/record-page/Panel';
import { When } from '@/ui/When';
import { submissionsQuery } from '../queries';
import classes from './Lead.module.css';
import lines from './Lines.module.css';

/** What the lead sent in by forms, letter by letter. Absent where it never did. */
export function SubmissionsPanel({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data: submissions = [] } = useQuery(submissionsQuery(id));
  if (submissions.length === 0) return null;
  return (
    <Panel title={t('leads.submission.title')}>
      <ul className={lines.lines}>
        {submissions.map((one) => (
          <li key={one.id}>
            <span className={lines.main}>{one.form_name}</span>
            <p className={classes.dim}>
              <When at={one.at} style="date-time" />
              {one.state === 'waiting' && ` · ${t('leads.submission.waiting')}`}
            </p>
            <details className={lines.more}>
              <summary>{t('leads.submission.answers')}</summary>
              <Answers of={one} />
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Answers({ of }: { of: FormSubmission }) {
  const { t } = useTranslation();
  const { byName } = useRecordFields('leads');
  const labelOf = (name: string) => {
    const [, channel, purpose] = /^consent\.(\w+)\.(\w+)$/.exec(name) ?? [];
    if (!channel) return byName.get(name)?.label ?? name;
    return `${t(`common.consent.channel.${channel}`)} · ${t(`common.consent.purpose.${purpose}`)}`;
  };
  const said = (value: unknown) =>
    typeof value === 'boolean' ? t(value ? 'common.yes' : 'common.no') : String(value ?? '');
  const came = ['utm_source', 'utm_medium', 'utm_campaign', 'referrer', 'landing_page'] as const;
  const rows: [string, string, string][] = [
    ...Object.entries(of.answers as Record<string, unknown>).map(([name, value]): [string, string, string] => [
      name,
      labelOf(name),
      said(value),
    ]),
    ...came.map((name): [string, string, string] => [name, labelOf(name), of[name]]),
  ];
  return (
    <dl className={lines.answers}>
      {rows
        .filter(([, , value]) => value !== '')
        .map(([name, label, value]) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
