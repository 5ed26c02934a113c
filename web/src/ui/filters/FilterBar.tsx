import { Button, Popover } from '@mantine/core';
import { IconFilterPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import chip from './Chip.module.css';
import classes from './FilterBar.module.css';
import { FilterEditor } from './FilterEditor';
import type { Filter, FilterField } from './filter';
import { useFilterText } from './filter-text';

/** The conditions of a list as chips: add, change, remove. */
export function FilterBar({
  fields,
  value,
  onChange,
}: {
  fields: FilterField[];
  value: Filter[];
  onChange: (filters: Filter[]) => void;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | 'new' | undefined>();
  const close = () => setOpen(undefined);

  const put = (at: number, filter: Filter) => {
    close();
    const same = (other: Filter) => other.field === filter.field && other.operator === filter.operator;
    const kept = value.filter((other, index) => index === at || !same(other));
    onChange(at < value.length ? kept.map((other) => (other === value[at] ? filter : other)) : [...kept, filter]);
  };

  return (
    <div className={classes.bar}>
      {value.map((filter, index) => (
        <Chip
          key={`${filter.field} ${filter.operator}`}
          fields={fields}
          filter={filter}
          open={open === index}
          onOpen={() => setOpen(index)}
          onClose={close}
          onApply={(next) => put(index, next)}
          onRemove={() => {
            close();
            onChange(value.filter((other) => other !== filter));
          }}
        />
      ))}
      <Popover
        opened={open === 'new'}
        onChange={(opened) => !opened && close()}
        position="bottom-start"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconFilterPlus size={15} aria-hidden />}
            onClick={() => setOpen(open === 'new' ? undefined : 'new')}
          >
            {t('common.filter.add')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('common.filter.add')}>
          <FilterEditor fields={fields} onApply={(filter) => put(value.length, filter)} />
        </Popover.Dropdown>
      </Popover>
      {value.length > 1 && (
        <Button variant="subtle" color="gray" onClick={() => onChange([])}>
          {t('common.filter.clear')}
        </Button>
      )}
    </div>
  );
}

function Chip({
  fields,
  filter,
  open,
  onOpen,
  onClose,
  onApply,
  onRemove,
}: {
  fields: FilterField[];
  filter: Filter;
  open: boolean;
  onOpen: () => void;
  onClose: () => void;
  onApply: (filter: Filter) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const say = useFilterText(fields);
  const text = say(filter);
  return (
    <span className={chip.chip}>
      <Popover opened={open} onChange={(opened) => !opened && onClose()} position="bottom-start" trapFocus returnFocus>
        <Popover.Target>
          <button type="button" className={chip.text} onClick={onOpen}>
            {text.field} {text.operator} <b>{text.value}</b>
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={text.field}>
          <FilterEditor fields={fields} filter={filter} onApply={onApply} />
        </Popover.Dropdown>
      </Popover>
      <button
        type="button"
        className={chip.remove}
        onClick={onRemove}
        aria-label={t('common.filter.remove', { name: text.field })}
      >
        <IconX size={13} aria-hidden />
      </button>
    </span>
  );
}
