import { Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowUp,
  IconChevronDown,
  IconEyeOff,
} from '@tabler/icons-react';
import { type DragEvent, memo, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Arranging, type Column, sortOf } from './column';
import classes from './RecordTable.module.css';
import { ResizeHandle } from './ResizeHandle';
import type { SelectionState } from './selection';

interface HeadProps<Row> {
  columns: Column<Row>[];
  minWidth: number;
  ordering: string;
  onSort: (column: string) => void;
  onOrdering: (ordering: string) => void;
  selection?: SelectionState | undefined;
  arranging?: Arranging | undefined;
}

/**
 * The header of a `RecordTable`: real buttons that sort, a checkbox that selects what is loaded. Columns are moved by dragging their header,
 * or by its menu; their edge resizes them.
 */
export const HeadRow = memo(function HeadRow<Row>({
  columns,
  minWidth,
  ordering,
  onSort,
  onOrdering,
  selection,
  arranging,
}: HeadProps<Row>) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<string>();
  const stop = () => {
    setDragged(undefined);
    setOver(undefined);
  };
  const dragging = (column: string) =>
    arranging && {
      draggable: true,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', column);
        setDragged(column);
      },
      onDragOver: (event: DragEvent) => {
        if (dragged === undefined) return;
        event.preventDefault();
        if (over !== column) setOver(column);
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        if (dragged !== undefined) arranging.onMove(dragged, column);
        stop();
      },
      onDragEnd: stop,
    };

  return (
    <div role="rowgroup" className={classes.headgroup}>
      <div role="row" aria-rowindex={1} className={classes.head} style={{ minWidth }}>
        {selection && (
          <div role="columnheader" className={classes.check}>
            <input
              type="checkbox"
              aria-label={t('common.selection.loaded')}
              checked={selection.loaded === 'all'}
              ref={(input) => {
                if (input) input.indeterminate = selection.loaded === 'some';
              }}
              onChange={selection.toggleLoaded}
            />
          </div>
        )}
        {columns.map((column, index) => {
          const sorted = sortOf(ordering, column.id);
          const Arrow = sorted === 'descending' ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-label={column.header}
              aria-sort={column.sortable ? sorted : undefined}
              data-column={column.id}
              data-over={(over === column.id && dragged !== column.id) || undefined}
              className={`${classes.header} ${column.align === 'end' ? classes.end : ''}`}
              {...dragging(column.id)}
            >
              {column.sortable ? (
                <button type="button" className={classes.sort} onClick={() => onSort(column.id)}>
                  <span>{column.header}</span>
                  <Arrow size={13} aria-hidden />
                </button>
              ) : (
                <span>{column.header}</span>
              )}
              {arranging && (
                <>
                  <HeaderMenu
                    column={column}
                    before={columns[index - 1]?.id}
                    after={columns[index + 1]?.id}
                    alone={columns.length === 1}
                    onOrdering={onOrdering}
                    arranging={arranging}
                  />
                  <ResizeHandle column={column} onResize={arranging.onResize} />
                </>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}) as <Row>(props: HeadProps<Row>) => ReactNode;

function HeaderMenu<Row>({
  column,
  before,
  after,
  alone,
  onOrdering,
  arranging,
}: {
  column: Column<Row>;
  before: string | undefined;
  after: string | undefined;
  alone: boolean;
  onOrdering: (ordering: string) => void;
  arranging: Arranging;
}) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target>
        <button
          type="button"
          className={classes.menu}
          aria-label={t('common.columns.menu', { name: column.header })}
          title={t('common.columns.menu', { name: column.header })}
        >
          <IconChevronDown size={13} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {column.sortable && (
          <>
            <Menu.Item leftSection={<IconArrowUp size={14} aria-hidden />} onClick={() => onOrdering(column.id)}>
              {t('common.sort.up')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={14} aria-hidden />}
              onClick={() => onOrdering(`-${column.id}`)}
            >
              {t('common.sort.down')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          disabled={before === undefined}
          onClick={() => before && arranging.onMove(column.id, before)}
        >
          {t('common.columns.left')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowRight size={14} aria-hidden />}
          disabled={after === undefined}
          onClick={() => after && arranging.onMove(column.id, after)}
        >
          {t('common.columns.right')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconEyeOff size={14} aria-hidden />}
          disabled={alone}
          onClick={() => arranging.onHide(column.id)}
        >
          {t('common.columns.hide')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
