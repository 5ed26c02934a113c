import type { LocalField, LocalFields } from '@/api/customer-fields';
import type { RecordRow } from '@/api/records';
import { FactValue } from '../facts/FactValue';
import { type Fact, isEmptyFact } from '../facts/fact';
import { recordFact } from '../facts/record-fact';
import type { Column } from '../record-table/column';
import { When } from '../When';
import classes from './columns.module.css';

/** How a column looks where the kind of its field does not say it, or says it wrongly. */
export type Look<Row> = Pick<Column<Row>, 'width' | 'grow' | 'align'> & { cell?: Column<Row>['cell'] };

const byKind: Record<string, Pick<Look<unknown>, 'width' | 'grow' | 'align'>> = {
  money: { width: 122, align: 'end' },
  number: { width: 110, align: 'end' },
  date: { width: 118 },
  date_time: { width: 108 },
  boolean: { width: 90 },
  multi_choice: { width: 140, grow: 1 },
};

/** The fields that can be columns: those that a row of the list has. The others are ways to find, not values to show. */
export function columnFields(fields: LocalField[]): LocalField[] {
  return fields.filter((field) => field.is_custom || field.is_writable || field.is_sortable);
}

/** What columns are made of. */
interface Parts<Row> {
  /** The names of the fields, in order. */
  names: string[];
  fields: LocalFields;
  widths: Record<string, number>;
  looks: Record<string, Look<Row>>;
  /** What is edited when the cell of a field is; nothing where the field cannot be. */
  editedFact: (row: Row, field: LocalField) => Fact | undefined;
}

/** The columns of a list; headers, sorting and editing come from the server's fields. */
export function recordColumns<Row extends RecordRow>(parts: Parts<Row>): Column<Row>[] {
  const { names, fields, widths, looks, editedFact } = parts;
  return names.flatMap((name): Column<Row>[] => {
    const field = fields.byName.get(name);
    if (!field) return [];
    const { cell, ...look } = looks[name] ?? { ...(byKind[field.kind] ?? { width: 130 }) };
    const width = widths[name];
    return [
      {
        id: name,
        header: field.label,
        sortable: field.is_sortable,
        cell: cell ?? ((row) => <FieldCell row={row} field={field} />),
        fact: (row) => editedFact(row, field),
        ...look,
        ...(width !== undefined && { width, grow: undefined }),
      },
    ];
  });
}

function FieldCell({ row, field }: { row: RecordRow; field: LocalField }) {
  const fact = recordFact(row, field);
  if (isEmptyFact(fact)) return null;
  if (field.kind === 'date_time') {
    return (
      <span className={classes.quiet}>
        <When at={String(fact.value)} relative />
      </span>
    );
  }
  return (
    <span>
      <FactValue fact={fact} />
    </span>
  );
}
