import { Button, Group, Select, Skeleton, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { BantAnswer } from '@/api/types';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { saveKeys } from '@/ui/notes/NoteComposer';
import { Panel } from '@/ui/record-page/Panel';
import { showRefusal, showUndo } from '@/ui/toasts';
import { When } from '@/ui/When';
import { type Answers, evidences, OLD_DAYS, questions, type Strength } from '../bant';
import { bantQuery, useAnswer } from '../queries';
import classes from './Bant.module.css';
import { StrengthControl } from './StrengthControl';

/** Budget, authority, need and timeline: how sure each is, what it rests on and how old that is; changed in place. */
export function BantPanel({ id, readOnly }: { id: number; readOnly: boolean }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { data: bant, error, refetch } = useQuery(bantQuery(id));
  const answer = useAnswer(id);
  const say = async (answers: Answers) => {
    const { operation } = await answer.mutateAsync(answers);
    showUndo(t('leads.bant.saved'), operation);
  };

  return (
    <Panel title={t('leads.bant.title')}>
      {error && !bant && <ErrorState error={error} onRetry={() => refetch()} heading="h2" />}
      {!error && !bant && questions.map((question) => <Skeleton key={question} height={52} mb={10} />)}
      {bant && (
        <>
          <ul className={classes.answers}>
            {bant.answers.map((one) => (
              <li key={one.question}>
                <StrengthControl
                  question={one.question}
                  value={one.strength}
                  disabled={readOnly}
                  onChange={(strength) =>
                    say(answersOf(one, strength)).catch((refusal) => showRefusal(textOf(refusal)))
                  }
                />
                <Evidence answer={one} readOnly={readOnly} onSave={say} />
              </li>
            ))}
          </ul>
          <p className={classes.gate} data-enough={bant.is_enough || undefined}>
            {t('leads.bant.score', { score: bant.score, most: bant.max_score })}{' '}
            {bant.is_enough ? t('leads.bant.enough') : t('leads.bant.needs', { gate: bant.gate })}
          </p>
        </>
      )}
    </Panel>
  );
}

/** A strength as the server takes it: what it rests on stays, but for what is not known any more. */
function answersOf({ question, evidence_kind, evidence }: BantAnswer, strength: Strength): Answers {
  return { [question]: strength === 'unknown' ? { strength } : { strength, evidence_kind, evidence } };
}

function Evidence({
  answer,
  readOnly,
  onSave,
}: {
  answer: BantAnswer;
  readOnly: boolean;
  onSave: (answers: Answers) => Promise<void>;
}) {
  const { t } = useTranslation();
  const [isEditing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const done = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (isEditing) return <Editor answer={answer} onSave={onSave} onDone={done} />;
  if (answer.strength === 'unknown') return null;
  const name = t(`leads.bant.questions.${answer.question}`);
  const shown = (
    <>
      {answer.evidence && <span className={classes.said}>{answer.evidence}</span>}
      {answer.evidence_kind &&
        (answer.evidence || readOnly) &&
        `${t(`leads.bant.evidence.${answer.evidence_kind}`)} · `}
      {!answer.evidence && !readOnly && `${t('leads.bant.add_evidence')} · `}
      {answer.at && (
        <span className={(answer.age_days ?? 0) >= OLD_DAYS ? classes.old : undefined}>
          <When at={answer.at} relative />
        </span>
      )}
      {answer.by_name && ` · ${answer.by_name}`}
    </>
  );
  if (readOnly) return <div className={classes.evidence}>{shown}</div>;
  return (
    <button
      ref={button}
      type="button"
      className={classes.evidence}
      title={t('leads.bant.edit_evidence', { name })}
      aria-description={t('leads.bant.edit_evidence', { name })}
      onClick={() => setEditing(true)}
    >
      {shown}
    </button>
  );
}

function Editor({
  answer,
  onSave,
  onDone,
}: {
  answer: BantAnswer;
  onSave: (answers: Answers) => Promise<void>;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const [kind, setKind] = useState((answer.evidence && answer.evidence_kind) || 'call');
  const [text, setText] = useState(answer.evidence);
  const [error, setError] = useState<unknown>();
  const [isSaving, setSaving] = useState(false);
  const complaint =
    error instanceof ApiError ? (error.fieldError(`${answer.question}.evidence`) ?? textOf(error)) : undefined;

  const save = async () => {
    setSaving(true);
    try {
      await onSave({ [answer.question]: { strength: answer.strength, evidence_kind: kind, evidence: text } });
      onDone();
    } catch (refusal) {
      setError(refusal);
      setSaving(false);
    }
  };
  const name = t(`leads.bant.questions.${answer.question}`);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame
    <div
      className={classes.editor}
      role="group"
      aria-label={t('leads.bant.edit_evidence', { name })}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onDone()}
    >
      <Select
        aria-label={t('leads.bant.kind')}
        size="xs"
        allowDeselect={false}
        data={evidences.map((value) => ({ value, label: t(`leads.bant.evidence.${value}`) }))}
        value={kind}
        onChange={(next) => next && setKind(next as typeof kind)}
      />
      <Textarea
        aria-label={t('leads.bant.said')}
        placeholder={t('leads.bant.said')}
        size="xs"
        autosize
        minRows={2}
        autoFocus
        value={text}
        error={complaint}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={saveKeys(save)}
      />
      <Group justify="flex-end" gap="xs">
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button size="compact-sm" onClick={save} loading={isSaving}>
          {t('common.save')}
        </Button>
      </Group>
    </div>
  );
}
