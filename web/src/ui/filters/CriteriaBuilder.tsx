import { ActionIcon, Button, Checkbox, SegmentedControl, Select } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { foldedOptions } from '../folded-options';
import classes from './CriteriaBuilder.module.css';
import { type Draft, type DraftGroup, type DraftLeaf, isGroup, newGroup, newLeaf } from './draft';
import { FilterValue } from './FilterValue';
import { controlFor, type FilterField } from './filter';

/** How deep groups may lie in each other: the server's limit, with room for a `not` around each. */
const MAX_DEPTH = 4;
const inPlace = { withinPortal: false };

interface Shared {
  fields: FilterField[];
  /** What is wrong with a condition, by its id. */
  errors: ReadonlyMap<string, string>;
}

/** Conditions in groups: all of them, any of them, none of them. */
export function CriteriaBuilder({
  value,
  onChange,
  ...shared
}: Shared & { value: DraftGroup; onChange: (value: DraftGroup) => void }) {
  return <Group group={value} depth={1} onChange={onChange} {...shared} />;
}

function Group({
  group,
  depth,
  onChange,
  onRemove,
  ...shared
}: Shared & {
  group: DraftGroup;
  depth: number;
  onChange: (group: DraftGroup) => void;
  onRemove?: () => void;
}) {
  const { t } = useTranslation();
  const put = (child: Draft) =>
    onChange({ ...group, children: group.children.map((other) => (other.id === child.id ? child : other)) });
  const remove = (child: Draft) =>
    onChange({ ...group, children: group.children.filter((other) => other.id !== child.id) });
  const add = (child: Draft) => onChange({ ...group, children: [...group.children, child] });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame
    <div
      role="group"
      aria-label={t('common.criteria.group')}
      className={classes.group}
      data-inner={depth > 1 || undefined}
    >
      <div className={classes.head}>
        <SegmentedControl
          size="xs"
          aria-label={t('common.criteria.kind')}
          value={group.kind}
          onChange={(kind) => onChange({ ...group, kind: kind as DraftGroup['kind'] })}
          data={[
            { value: 'all', label: t('common.criteria.all') },
            { value: 'any', label: t('common.criteria.any') },
          ]}
        />
        <Checkbox
          size="xs"
          label={t('common.criteria.not')}
          checked={group.negated}
          onChange={(event) => onChange({ ...group, negated: event.currentTarget.checked })}
        />
        {onRemove && (
          <ActionIcon className={classes.last} aria-label={t('common.criteria.remove_group')} onClick={onRemove}>
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {group.children.map((child) =>
        isGroup(child) ? (
          <Group
            key={child.id}
            group={child}
            depth={depth + 1}
            onChange={put}
            onRemove={() => remove(child)}
            {...shared}
          />
        ) : (
          <Condition
            key={child.id}
            leaf={child}
            onChange={put}
            onRemove={onRemove || group.children.length > 1 ? () => remove(child) : undefined}
            {...shared}
          />
        ),
      )}
      <div className={classes.head}>
        <Button variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => add(newLeaf())}>
          {t('common.criteria.add')}
        </Button>
        {depth < MAX_DEPTH && (
          <Button
            variant="subtle"
            leftSection={<IconFolderPlus size={14} aria-hidden />}
            onClick={() => add(newGroup(group.kind === 'all' ? 'any' : 'all'))}
          >
            {t('common.criteria.add_group')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Condition({
  leaf,
  onChange,
  onRemove,
  fields,
  errors,
}: Shared & { leaf: DraftLeaf; onChange: (leaf: DraftLeaf) => void; onRemove?: () => void }) {
  const { t } = useTranslation();
  const { filter, fixed } = leaf;
  const field = fields.find(({ name }) => name === filter.field);
  const control = field && filter.operator ? controlFor(field, filter.operator) : undefined;
  const error = errors.get(leaf.id);

  const chooseField = (name: string | null) => {
    const chosen = fields.find((candidate) => candidate.name === name);
    if (!chosen || chosen.name === filter.field) return;
    const operator = chosen.operators.includes(filter.operator) ? filter.operator : (chosen.operators[0] ?? 'eq');
    onChange({ ...leaf, filter: { field: chosen.name, operator, value: '' } });
  };
  const chooseOperator = (operator: string | null) => {
    if (!operator || !field) return;
    const sameControl = controlFor(field, operator) === control;
    onChange({ ...leaf, filter: { ...filter, operator, value: sameControl ? filter.value : '' } });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame
    <div role="group" aria-label={field?.label ?? t('common.criteria.condition')} className={classes.condition}>
      <Select
        label={t('common.filter.field')}
        size="xs"
        data={fields.map(({ name, label }) => ({ value: name, label }))}
        value={filter.field || null}
        onChange={chooseField}
        disabled={fixed !== undefined}
        searchable
        filter={foldedOptions}
        comboboxProps={inPlace}
        maxDropdownHeight={240}
        nothingFoundMessage={t('common.nothing_found')}
        error={error}
      />
      {field && (
        <Select
          label={t('common.filter.operator')}
          size="xs"
          data={field.operators.map((operator) => ({
            value: operator,
            label: t(`common.operator.${operator}`, { defaultValue: operator }),
          }))}
          value={filter.operator}
          onChange={chooseOperator}
          disabled={fixed !== undefined}
          allowDeselect={false}
          comboboxProps={inPlace}
        />
      )}
      {fixed && <span className={classes.fixed}>{JSON.stringify(fixed.value)}</span>}
      {!fixed && field && control && control !== 'none' && (
        <div className={classes.value}>
          <FilterValue
            field={field}
            control={control}
            value={filter.value}
            onChange={(value) => onChange({ ...leaf, filter: { ...filter, value } })}
          />
        </div>
      )}
      {onRemove && (
        <ActionIcon
          className={classes.last}
          aria-label={t('common.criteria.remove', { name: field?.label ?? t('common.criteria.condition') })}
          onClick={onRemove}
        >
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}
