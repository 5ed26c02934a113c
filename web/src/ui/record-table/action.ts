/** What one key does with the row one is at. */
export interface RowAction<Row> {
  keys: string;
  label: string;
  run: (row: Row) => void;
}
