import { type RefObject, useEffect, useState } from 'react';
import type { RecordTab } from './tabs';

/** Where to go on the page, and what to do there. */
interface Aim {
  part: RecordTab;
  selector: string;
  act: (element: HTMLElement) => void;
}

/** Goes to a place of a record's page: `reach('history', 'textarea', (text) => text.focus())`. On a phone its part is shown first. */
export function useReach(page: RefObject<HTMLElement | null>, tab: RecordTab, onTab: (tab: RecordTab) => void) {
  const [aim, setAim] = useState<Aim>();
  useEffect(() => {
    if (aim?.part !== tab) return;
    setAim(undefined);
    const element = page.current?.querySelector<HTMLElement>(`[data-column=${aim.part}] ${aim.selector}`);
    if (element) aim.act(element);
  }, [aim, tab, page]);
  return (part: RecordTab, selector: string, act: Aim['act']) => {
    if (part !== tab) onTab(part);
    setAim({ part, selector, act });
  };
}
