import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, isStatus } from '@/api/error';
import { useErrorText } from '../error-text';
import { FactEditor } from './FactEditor';
import classes from './FactList.module.css';
import { FactValue } from './FactValue';
import { type Fact, isEmptyFact } from './fact';

/** A fact: its value as a button, the editor in its place once pressed, and the server's complaint below it. */
export function FactRow({ fact, onSave }: { fact: Fact; onSave: (value: unknown) => Promise<unknown> }) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const button = useRef<HTMLButtonElement>(null);
  const [draft, setDraft] = useState<{ value: unknown; error?: string } | undefined>();

  const stop = () => {
    setDraft(undefined);
    // Back to where it came from, unless the user has gone on elsewhere already.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) button.current?.focus();
    });
  };
  const save = async (value: unknown) => {
    stop();
    if (value === fact.value) return;
    try {
      await onSave(value);
    } catch (error) {
      const complaint = error instanceof ApiError ? error.fieldError(fact.name) : undefined;
      const kept = isStatus(error, 0) ? ` ${t('common.facts.kept')}` : '';
      setDraft({ value, error: complaint ?? textOf(error) + kept });
    }
  };

  return (
    <div className={classes.fact}>
      <dt className={classes.label}>{fact.label}</dt>
      <dd className={classes.value}>
        {draft && <FactEditor fact={fact} value={draft.value} error={draft.error} onSave={save} onCancel={stop} />}
        {!draft && fact.readOnly && (
          <div className={classes.fixed}>
            <FactValue fact={fact} />
          </div>
        )}
        {!draft && !fact.readOnly && (
          <button
            ref={button}
            type="button"
            className={classes.show}
            onClick={() => setDraft({ value: fact.value })}
            aria-label={isEmptyFact(fact) ? t('common.facts.add', { name: fact.label }) : undefined}
            title={t('common.facts.edit', { name: fact.label })}
          >
            {isEmptyFact(fact) ? <span className={classes.nothing}>—</span> : <FactValue fact={fact} />}
          </button>
        )}
      </dd>
    </div>
  );
}
