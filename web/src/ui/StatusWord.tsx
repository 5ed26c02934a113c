import { useRecordFields } from '@/api/record-fields';
import type { RecordKind } from '@/api/records';
import classes from './StatusWord.module.css';

/** How a status stands: something is being done, somebody waits, it went well. */
export type Tone = 'busy' | 'warn' | 'good';

/** Where a record stands, in a word. Plain markup: it may stand in a row of a table. */
export function StatusWord({
  kind,
  status,
  tones,
}: {
  kind: Exclude<RecordKind, 'customers'>;
  status: string;
  /** What has no tone is plain. */
  tones: Partial<Record<string, Tone>>;
}) {
  const { byName } = useRecordFields(kind);
  const label = byName.get('status')?.choices.find(({ value }) => value === status)?.label ?? status;
  return (
    <span className={classes.word} data-tone={tones[status]}>
      {label}
    </span>
  );
}
