import { Button, Popover, SegmentedControl, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3, IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fold } from '@/lib/text';
import classes from './ColumnsButton.module.css';
import { type Density, densities, moved } from './column';

/** A column that can be chosen. */
export interface ColumnChoice {
  id: string;
  label: string;
}

interface Props {
  choices: ColumnChoice[];
  /** The chosen ones, in their order. */
  value: string[];
  onChange: (columns: string[]) => void;
  density: Density;
  onDensity: (density: Density) => void;
  /** Absent while everything is as it is given. */
  onReset?: () => void;
}

/** Which columns a table has and in what order, and how close its rows stand. */
export function ColumnsButton(props: Props) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={15} aria-hidden />}>
          {t('common.columns.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('common.columns.title')}>
        <Chooser {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Chooser({ choices, value, onChange, density, onDensity, onReset }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [said, say] = useState('');
  const [dragged, setDragged] = useState<string>();
  const chosenHeading = useId();
  const otherHeading = useId();
  const list = useRef<HTMLUListElement>(null);
  const labelOf = (id: string) => choices.find((choice) => choice.id === id)?.label ?? id;
  const isFound = ({ label }: ColumnChoice) => fold(label).includes(fold(text));
  const chosen = value.map((id) => ({ id, label: labelOf(id) }));
  const others = choices.filter(({ id }) => !value.includes(id));

  const move = (id: string, by: -1 | 1) => {
    const to = value[value.indexOf(id) + by];
    if (to === undefined) return;
    onChange(moved(value, id, to));
    say(t('common.columns.moved', { name: labelOf(id), place: value.indexOf(to) + 1 }));
    // The button that was pressed moves along with its line.
    const direction = by < 0 ? 'up' : 'down';
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] [data-move=${direction}]`)?.focus(),
    );
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(id, event.key === 'ArrowUp' ? -1 : 1);
  };

  return (
    <div className={classes.chooser}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('common.columns.density')}
        value={density}
        onChange={(next) => onDensity(next as Density)}
        data={(Object.keys(densities) as Density[]).map((name) => ({
          value: name,
          label: t(`common.columns.${name}`),
        }))}
      />
      <TextInput
        size="xs"
        aria-label={t('common.columns.search')}
        placeholder={t('common.columns.search')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <div className={classes.lists}>
        <h3 id={chosenHeading} className={classes.heading}>
          {t('common.columns.chosen')}
        </h3>
        <ul ref={list} className={classes.list} aria-labelledby={chosenHeading}>
          {chosen.filter(isFound).map(({ id, label }) => {
            const at = value.indexOf(id);
            return (
              <li
                key={id}
                data-id={id}
                className={classes.line}
                data-dragged={dragged === id || undefined}
                draggable
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move';
                  event.dataTransfer.setData('text/plain', id);
                  setDragged(id);
                }}
                onDragOver={(event) => {
                  if (dragged === undefined) return;
                  event.preventDefault();
                  if (dragged !== id) onChange(moved(value, dragged, id));
                }}
                onDrop={(event) => event.preventDefault()}
                onDragEnd={() => setDragged(undefined)}
                onKeyDown={(event) => onKeyDown(event, id)}
              >
                <IconGripVertical size={14} className={classes.grip} aria-hidden />
                <label className={classes.label}>
                  <input
                    type="checkbox"
                    checked
                    disabled={value.length === 1}
                    onChange={() => onChange(value.filter((other) => other !== id))}
                  />
                  {label}
                </label>
                <button
                  type="button"
                  data-move="up"
                  className={classes.move}
                  aria-disabled={at === 0}
                  aria-label={t('common.columns.up', { name: label })}
                  onClick={() => move(id, -1)}
                >
                  <IconArrowUp size={14} aria-hidden />
                </button>
                <button
                  type="button"
                  data-move="down"
                  className={classes.move}
                  aria-disabled={at === value.length - 1}
                  aria-label={t('common.columns.down', { name: label })}
                  onClick={() => move(id, 1)}
                >
                  <IconArrowDown size={14} aria-hidden />
                </button>
              </li>
            );
          })}
        </ul>
        {others.some(isFound) && (
          <>
            <h3 id={otherHeading} className={classes.heading}>
              {t('common.columns.others')}
            </h3>
            <ul className={classes.list} aria-labelledby={otherHeading}>
              {others.filter(isFound).map(({ id, label }) => (
                <li key={id} className={classes.line}>
                  <label className={classes.label}>
                    <input type="checkbox" checked={false} onChange={() => onChange([...value, id])} />
                    {label}
                  </label>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {onReset && (
        <Button variant="subtle" color="gray" onClick={onReset}>
          {t('common.columns.reset')}
        </Button>
      )}
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
