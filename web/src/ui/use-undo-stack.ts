import { useCallback, useState } from 'react';

/** A value that is being edited, with the way back and forth. */
export interface UndoStack<Value> {
  past: Value[];
  now: Value;
  future: Value[];
  /** Of the last change; the next one with the same mark is part of it. */
  mark: string | undefined;
}

/** Steps that can be taken back. */
const MOST = 100;

/** The stack of a value that nobody has changed yet. */
export function begin<Value>(now: Value): UndoStack<Value> {
  return { past: [], now, future: [], mark: undefined };
}

/** Changes the value. What is typed into one field is one step. */
export function changed<Value>(stack: UndoStack<Value>, next: Value, mark?: string): UndoStack<Value> {
  const isSameStep = mark !== undefined && mark === stack.mark;
  const past = isSameStep ? stack.past : [...stack.past, stack.now].slice(-MOST);
  return { past, now: next, future: [], mark };
}

/** One step back. */
export function undone<Value>({ past, now, future, mark }: UndoStack<Value>): UndoStack<Value> {
  const before = past.at(-1);
  if (before === undefined) return { past, now, future, mark };
  return { past: past.slice(0, -1), now: before, future: [now, ...future], mark: undefined };
}

/** One step forth. */
export function redone<Value>({ past, now, future, mark }: UndoStack<Value>): UndoStack<Value> {
  const [after, ...rest] = future;
  if (after === undefined) return { past, now, future, mark };
  return { past: [...past, now], now: after, future: rest, mark: undefined };
}

/** For an editor: a value with the steps that led to it. */
export function useUndoStack<Value extends object>(initial: () => Value) {
  const [stack, setStack] = useState(() => begin(initial()));
  return {
    value: stack.now,
    /** What is changed with the same mark is one step. */
    change: useCallback(
      (next: (value: Value) => Value, mark?: string) => setStack((before) => changed(before, next(before.now), mark)),
      [],
    ),
    /** Begins anew, as after saving. */
    reset: useCallback((value: Value) => setStack(begin(value)), []),
    undo: stack.past.length > 0 ? () => setStack(undone) : undefined,
    redo: stack.future.length > 0 ? () => setStack(redone) : undefined,
  };
}
