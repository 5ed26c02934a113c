import type { TablerIcon } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import type { LocalField, LocalFields } from '@/api/customer-fields';
import type { RecordKind, RecordRow } from '@/api/records';
import type { Fact } from '../facts/fact';
import type { RowAction } from '../record-table/action';
import type { BulkTools } from './BulkBar';
import type { Look } from './columns';
import type { PutElsewhere } from './list-queries';

/** What a list is of: the words, columns and actions of one kind of record. Make it once, outside of components or memoised. */
export interface Listing<Row extends RecordRow> {
  kind: RecordKind;
  icon: TablerIcon;
  title: string;
  /** What so many records are called. */
  noun: (count: number) => string;
  /** What the search box is called. */
  search: string;
  /** What an empty list advises. */
  noneText: string;
  fields: LocalFields;
  /** What the user may do. */
  may: { write: boolean; delete: boolean; export: boolean };
  nameOf: (row: Row) => string;
  /** Views that everybody has; who has chosen no other begins with the first. */
  presets?: Preset[];
  /** The columns of a list that nobody has arranged. */
  usualColumns: string[];
  looks: Record<string, Look<Row>>;
  /** What is edited when the cell of a field is; nothing where the field cannot be. */
  editedFact: (row: Row, field: LocalField) => Fact | undefined;
  /** A record as a card, for phones. */
  card: (row: Row) => ReactNode;
  /** The field of whoever looks after the record. */
  ownerField: string;
  /** Is it a field to give many records one value of? */
  isForMany: (field: LocalField) => boolean;
  /** What else can be done with many. */
  Bulk?: ComponentType<BulkTools>;
  /** What one key does with the row one is at. */
  rowActions?: RowAction<Row>[];
  /** What is shown of a record beside the list. */
  Peek: ComponentType<PeekProps<Row>>;
  putElsewhere?: PutElsewhere<Row>;
}

/** A view that is part of the product: what its address asks for. */
export interface Preset {
  id: string;
  label: string;
  params: Record<string, string>;
}

/** The preset that an address asks for, and nothing beyond it. */
export function presetOf(presets: Preset[] | undefined, params: Record<string, string>): Preset | undefined {
  const { peek: _, count: __, ...asked } = params;
  const isSame = (preset: Record<string, string>) =>
    Object.keys(preset).length === Object.keys(asked).length &&
    Object.entries(preset).every(([name, value]) => asked[name] === value);
  return presets?.find((preset) => isSame(preset.params));
}

/** What the panel beside the list is given. */
export interface PeekProps<Row> {
  id: number;
  onClose: () => void;
  /** Absent at the ends of the list. */
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  /** Absent where nothing may be changed. */
  onSave?: ((row: Row, name: string, value: unknown) => Promise<unknown>) | undefined;
}
