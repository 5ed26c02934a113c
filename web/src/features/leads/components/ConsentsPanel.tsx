import { ActionIcon, Button, Group, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ConsentChoice, consentChoices, consentParts } from '@/api/consents';
import { ApiError } from '@/api/error';
import { Refusal } from '@/ui/form/FormDrawer';
import { Panel } from '@/ui/record-page/Panel';
import { showNote } from '@/ui/toasts';
import { When } from '@/ui/When';
import { consentsQuery, useConsent } from '../queries';
import classes from './Lead.module.css';
import lines from './Lines.module.css';

/** What the lead agreed to, and where, the newest word first, and a place to record one more. */
export function ConsentsPanel({ id, readOnly }: { id: number; readOnly: boolean }) {
  const { t } = useTranslation();
  const { data: consents } = useQuery(consentsQuery(id));
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={t('leads.consents')}
      actions={
        !readOnly && (
          <ActionIcon
            size="sm"
            aria-label={t('leads.consent.add')}
            title={t('leads.consent.add')}
            aria-expanded={isAdding}
            onClick={() => setAdding(!isAdding)}
          >
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {isAdding && <Adding id={id} onDone={() => setAdding(false)} />}
      {consents?.length === 0 && <p className={classes.dim}>{t('leads.consent.none')}</p>}
      <ul className={lines.lines}>
        {consents?.toReversed().map((consent) => (
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

function Adding({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const record = useConsent(id);
  const [choice, setChoice] = useState<ConsentChoice>({
    channel: 'email',
    purpose: 'marketing',
    status: 'granted',
    source: 'in_person',
  });
  const [evidence, setEvidence] = useState('');
  const errorOf = (name: string) => (record.error instanceof ApiError ? record.error.fieldError(name) : undefined);
  return (
    <form
      className={lines.form}
      aria-label={t('leads.consent.add')}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        record.mutate(
          { ...choice, evidence },
          {
            onSuccess: () => {
              showNote(t('leads.consent.saved'));
              onDone();
            },
          },
        );
      }}
    >
      <Refusal error={record.error} fields={[...consentParts, 'evidence']} />
      {consentParts.map((part) => (
        <Select
          key={part}
          label={t(`common.consent.part.${part}`)}
          size="xs"
          allowDeselect={false}
          data={consentChoices[part].map((value) => ({ value, label: t(`common.consent.${part}.${value}`) }))}
          value={choice[part]}
          error={errorOf(part)}
          onChange={(next) => next && setChoice({ ...choice, [part]: next })}
        />
      ))}
      <TextInput
        label={t('common.consent.part.evidence')}
        size="xs"
        value={evidence}
        error={errorOf('evidence')}
        onChange={(event) => setEvidence(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs">
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button size="compact-sm" type="submit" loading={record.isPending}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  );
}
