import { ActionIcon, Button, Group, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { LeadTouch } from '@/api/types';
import { Refusal } from '@/ui/form/FormDrawer';
import { Panel } from '@/ui/record-page/Panel';
import { showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { touchesQuery, useTouch } from '../queries';
import { touchIcon, touchKinds } from '../touches';
import classes from './Lead.module.css';
import lines from './Lines.module.css';

/** What the lead did and what was done with it, and a place to note one more: a call, a meeting. */
export function TouchesPanel({ id, readOnly }: { id: number; readOnly: boolean }) {
  const { t } = useTranslation();
  const { data: touches } = useQuery(touchesQuery(id));
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title={t('leads.touch.title')}
      actions={
        !readOnly && (
          <ActionIcon
            size="sm"
            aria-label={t('leads.touch.add')}
            title={t('leads.touch.add')}
            aria-expanded={isAdding}
            onClick={() => setAdding(!isAdding)}
          >
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {isAdding && <Adding id={id} onDone={() => setAdding(false)} />}
      {touches?.length === 0 && <p className={classes.dim}>{t('leads.touch.none')}</p>}
      <ul className={lines.lines}>
        {touches?.map((touch) => {
          const Icon = touchIcon[touch.kind];
          return (
            <li key={touch.id}>
              <span className={lines.main}>
                <Icon size={15} aria-hidden />
                {t(`leads.touch.kinds.${touch.kind}`)}
              </span>
              {touch.detail && <span>{touch.detail}</span>}
              <p className={classes.dim}>
                <When at={touch.at} relative />
                {touch.by_name && ` · ${touch.by_name}`}
              </p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Adding({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const touch = useTouch(id);
  const [kind, setKind] = useState<LeadTouch['kind']>('call');
  const [detail, setDetail] = useState('');
  return (
    <form
      className={lines.form}
      aria-label={t('leads.touch.add')}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        touch.mutate(
          { kind, detail },
          {
            onSuccess: ({ operation }) => {
              showUndo(t('leads.touch.saved'), operation);
              onDone();
            },
          },
        );
      }}
    >
      <Refusal error={touch.error} fields={['detail']} />
      <Select
        aria-label={t('leads.touch.kind')}
        size="xs"
        allowDeselect={false}
        data={touchKinds.map((value) => ({ value, label: t(`leads.touch.kinds.${value}`) }))}
        value={kind}
        onChange={(next) => next && setKind(next as typeof kind)}
      />
      <TextInput
        aria-label={t('leads.touch.detail')}
        placeholder={t('leads.touch.detail')}
        size="xs"
        autoFocus
        value={detail}
        error={touch.error instanceof ApiError ? touch.error.fieldError('detail') : undefined}
        onChange={(event) => setDetail(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs">
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button size="compact-sm" type="submit" loading={touch.isPending}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  );
}
