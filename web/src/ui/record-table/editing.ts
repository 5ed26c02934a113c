import { useCallback, useState } from 'react';
import { ApiError } from '@/api/error';
import { useErrorText } from '../error-text';
import type { Fact } from '../facts/fact';

/** A cell of a table: the record's id and the column's. */
export interface Cell {
  id: number;
  column: string;
}

/** What was typed into a cell and refused. */
export interface Failure {
  value: unknown;
  error: string;
}

/** The failures of one row, by column. */
export type Failures = Readonly<Record<string, Failure>>;

/** Which cell is being edited, and what was refused where. A refusal opens its cell again unless another one is being edited. */
export function useEditing(onSave: (id: number, fact: Fact, value: unknown) => Promise<unknown>) {
  const textOf = useErrorText();
  const [cell, setCell] = useState<Cell>();
  const [failures, setFailures] = useState<Readonly<Record<number, Failures>>>({});

  const forget = useCallback(({ id, column }: Cell) => {
    setFailures(({ [id]: ofRow, ...others }) => {
      if (!ofRow?.[column]) return ofRow ? { ...others, [id]: ofRow } : others;
      const { [column]: _, ...rest } = ofRow;
      return Object.keys(rest).length > 0 ? { ...others, [id]: rest } : others;
    });
  }, []);

  const save = useCallback(
    async (at: Cell, fact: Fact, value: unknown) => {
      setCell((now) => (now?.id === at.id && now.column === at.column ? undefined : now));
      forget(at);
      if (JSON.stringify(value) === JSON.stringify(fact.value)) return;
      try {
        await onSave(at.id, fact, value);
      } catch (error) {
        const complaint = error instanceof ApiError ? error.fieldError(fact.name) : undefined;
        const failure = { value, error: complaint ?? textOf(error) };
        setFailures((before) => ({ ...before, [at.id]: { ...before[at.id], [at.column]: failure } }));
        setCell((now) => now ?? at);
      }
    },
    [onSave, forget, textOf],
  );
  const cancel = useCallback(
    (at: Cell) => {
      setCell((now) => (now?.id === at.id && now.column === at.column ? undefined : now));
      forget(at);
    },
    [forget],
  );
  return { cell, open: setCell, save, cancel, failures };
}
