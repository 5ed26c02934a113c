import { useRef } from 'react';
import type { ImportJob } from '@/api/types';
import { type Mark, markOf, type Pace, paceOf, withMark } from './pace';

/** The pace of an import from how it came along while it was looked at; a pause begins anew. */
export function usePace(job: ImportJob): Pace | undefined {
  const marks = useRef<Mark[]>([]);
  marks.current = job.state === 'running' ? withMark(marks.current, markOf(job)) : [];
  return paceOf(marks.current, job.total_bytes);
}
