import type { KeyboardEvent } from 'react';
import { FactEditor } from '../facts/FactEditor';
import type { Fact } from '../facts/fact';
import type { Failure } from './editing';
import classes from './RecordTable.module.css';

/** The editor over a cell: Enter saves, Escape leaves, Tab saves and goes on to the next cell. */
export default function CellEditor({
  fact,
  failure,
  onSave,
  onCancel,
  onTab,
}: {
  fact: Fact;
  failure: Failure | undefined;
  onSave: (value: unknown) => void;
  onCancel: () => void;
  onTab: (back: boolean) => void;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    // What is typed is meant for the editor, not for the table around it.
    event.stopPropagation();
    if (event.key !== 'Tab' || failure) return;
    event.preventDefault();
    // Leaving the field is what saves it.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    onTab(event.shiftKey);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: passes keys on, is nothing to press
    <div className={classes.editor} data-long={fact.kind === 'long-text' || undefined} onKeyDown={onKeyDown}>
      <FactEditor
        fact={fact}
        value={failure ? failure.value : fact.value}
        error={failure?.error}
        onSave={onSave}
        onCancel={onCancel}
      />
    </div>
  );
}
