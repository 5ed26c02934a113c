import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './FactList.module.css';
import { FactRow } from './FactRow';
import { type Fact, isEmptyFact } from './fact';

/** Facts under one heading. */
export interface FactGroup {
  name: string;
  label: string;
  facts: Fact[];
}

/** Facts by group; a click on a value edits it in place. Empty ones are folded away until asked for. */
export function FactList({
  groups,
  onSave,
  readOnly = false,
}: {
  groups: FactGroup[];
  /** Rejects when the server refuses; the message is shown at the field. */
  onSave: (name: string, value: unknown) => Promise<unknown>;
  readOnly?: boolean;
}) {
  const { t } = useTranslation();
  const [unfolded, setUnfolded] = useState(false);
  const empty = groups.flatMap(({ facts }) => facts).filter(isEmptyFact).length;
  const shown = groups
    .map((group) => ({ ...group, facts: unfolded ? group.facts : group.facts.filter((fact) => !isEmptyFact(fact)) }))
    .filter(({ facts }) => facts.length > 0);

  return (
    <div>
      {shown.map((group) => (
        <Group key={group.name} group={group} onSave={onSave} readOnly={readOnly} />
      ))}
      {empty > 0 && (
        <button type="button" className={classes.fold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? t('common.facts.fold') : t('common.facts.unfold', { count: empty })}
        </button>
      )}
    </div>
  );
}

function Group({
  group,
  onSave,
  readOnly,
}: {
  group: FactGroup;
  onSave: (name: string, value: unknown) => Promise<unknown>;
  readOnly: boolean;
}) {
  const id = useId();
  return (
    <section className={classes.group} aria-labelledby={id}>
      <h3 className={classes.heading} id={id}>
        {group.label}
      </h3>
      <dl className={classes.list}>
        {group.facts.map((fact) => (
          <FactRow
            key={fact.name}
            fact={readOnly ? { ...fact, readOnly: true } : fact}
            onSave={(value) => onSave(fact.name, value)}
          />
        ))}
      </dl>
    </section>
  );
}
