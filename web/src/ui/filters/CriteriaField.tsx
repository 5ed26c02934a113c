import { Input } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type UseQueryOptions, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { asLanguage } from '@/lib/language';
import { formatCount } from '@/lib/money';
import { useErrorText } from '../error-text';
import { CriteriaBuilder } from './CriteriaBuilder';
import classes from './CriteriaField.module.css';
import { type Criteria, everything, isEverything } from './criteria';
import { criteriaOfDraft, type DraftGroup, draftOf, isComplete, isGroup } from './draft';
import type { FilterField } from './filter';

/** A criteria as the server says it. */
export interface CriteriaSaid {
  sentence: { tr: string; en: string };
  count: number;
  count_is_capped: boolean;
}

/** A criteria while it is being written, and what it is once it is complete. */
export interface CriteriaDraft {
  draft: DraftGroup;
  criteria: Criteria | undefined;
}

/** What a form begins with. */
export function criteriaDraft(criteria: Criteria, fields: FilterField[]): CriteriaDraft {
  return read(draftOf(criteria), fields);
}

function read(draft: DraftGroup, fields: FilterField[]): CriteriaDraft {
  if (isUntouched(draft)) return { draft, criteria: everything };
  return { draft, criteria: isComplete(draft, fields) ? criteriaOfDraft(draft, fields).criteria : undefined };
}

/** Nothing but the empty line that a form begins with: everything is meant. */
const isUntouched = ({ children, negated }: DraftGroup) =>
  !negated && children.every((child) => !isGroup(child) && !child.fixed && child.filter.field === '');

/**
 * Conditions as a field of a form: the sentence they make stands above them, with how many records it finds now. What the server finds
 * wrong with one stands at it.
 */
export function CriteriaField({
  label,
  isLabelHidden = false,
  description,
  empty,
  fields,
  value,
  onChange,
  ask,
  counted,
  error,
}: {
  label: string;
  /** Something beside it says it already. */
  isLabelHidden?: boolean;
  description?: ReactNode;
  /** What no condition means; without it one is needed. */
  empty?: string;
  fields: FilterField[];
  value: CriteriaDraft;
  onChange: (value: CriteriaDraft) => void;
  /** Asks the server what a criteria says. */
  ask: (criteria: Criteria, enabled: boolean) => UseQueryOptions<CriteriaSaid, Error, CriteriaSaid, unknown[]>;
  /** So many records, in words. */
  counted: (count: number, number: string) => string;
  error?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const textOf = useErrorText();
  const { draft, criteria } = value;
  const isEmpty = isUntouched(draft);
  const places = useMemo(() => criteriaOfDraft(draft, fields).places, [draft, fields]);
  const isMeant = criteria !== undefined && (!isEmpty || empty !== undefined);
  const [asked] = useDebouncedValue(isMeant ? criteria : undefined, 250);
  const answer = useQuery({ ...ask(asked ?? everything, asked !== undefined), placeholderData: (before) => before });
  const complaints = answer.error instanceof ApiError ? answer.error.errors : {};
  const errors = new Map(
    [...places].flatMap(([id, place]) => {
      const found = Object.entries(complaints).find(([where]) => where === place || where.startsWith(`${place}.`));
      return found?.[1][0] ? [[id, found[1][0]] as const] : [];
    }),
  );
  const said = isMeant && asked ? answer.data : undefined;
  const complaint = error ?? (isMeant && errors.size === 0 && answer.error ? textOf(answer.error) : undefined);

  return (
    <Input.Wrapper
      label={isLabelHidden ? undefined : label}
      description={description}
      error={complaint}
      labelElement="div"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame */}
      <div className={classes.field} role="group" aria-label={label} aria-invalid={error ? true : undefined}>
        <p className={classes.sentence} aria-live="polite">
          {said && !answer.isError ? (
            <>
              {asked && isEverything(asked) ? empty : said.sentence[asLanguage(i18n.language)]}
              <span className={classes.count}>
                {counted(said.count, formatCount(said.count, i18n.language) + (said.count_is_capped ? '+' : ''))}
              </span>
            </>
          ) : (
            (isEmpty && empty) || t('common.criteria.incomplete')
          )}
        </p>
        <CriteriaBuilder
          fields={fields}
          value={draft}
          onChange={(next) => onChange(read(next, fields))}
          errors={errors}
        />
      </div>
    </Input.Wrapper>
  );
}
