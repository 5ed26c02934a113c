import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { useErrorText } from '@/ui/error-text';
import { showRefusal, showUndo } from '@/ui/toasts';
import { type Move, useMove } from './queries';

/** A move that the stage refuses until it is told more. */
export interface Asked {
  move: Move;
  error: ApiError;
  /** Stays the same while the form is tried again. */
  fields: string[];
}

/** Moves opportunities; what a stage asks for first is in `asked`, to be answered by trying again. */
export function useMoving() {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const { mutate, isPending } = useMove();
  const [asked, setAsked] = useState<Asked | undefined>();
  const run = (move: Move) =>
    mutate(move, {
      onSuccess: ({ operation }) => {
        setAsked(undefined);
        showUndo(t('opportunities.moved'), operation);
      },
      onError: (error) => {
        const named = error instanceof ApiError && error.status === 422 ? Object.keys(error.errors) : [];
        if (named.length === 0) showRefusal(textOf(error));
        else
          setAsked((before) => ({
            move,
            error: error as ApiError,
            fields: [...new Set([...(before?.fields ?? []), ...named])],
          }));
      },
    });
  return { run, isPending, asked, giveUp: () => setAsked(undefined) };
}
