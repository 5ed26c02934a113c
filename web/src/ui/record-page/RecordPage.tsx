import { SegmentedControl } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './RecordPage.module.css';
import type { RecordTab } from './tabs';

/** Everything about one record: facts to edit in place, what happened, what hangs on it. On a phone one of the three at a time. */
export function RecordPage({
  page,
  head,
  facts,
  history,
  historyTitle,
  side,
  sideTitle = '',
  tab,
  onTab,
  onEditing,
}: {
  page: RefObject<HTMLDivElement | null>;
  head: ReactNode;
  facts: ReactNode;
  history: ReactNode;
  /** What the second column is about, where it is more than that. */
  historyTitle?: string;
  /** The third column; its room goes to the second where there is none. */
  side?: ReactNode;
  /** What it is about. */
  sideTitle?: string;
  tab: RecordTab;
  onTab: (tab: RecordTab) => void;
  /** Tells when somebody begins, or ends, to write in a field. */
  onEditing: (isEditing: boolean) => void;
}) {
  const { t } = useTranslation();
  const all: [RecordTab, string, ReactNode][] = [
    ['facts', t('common.record.facts'), facts],
    ['history', historyTitle ?? t('common.record.history'), history],
    ['links', sideTitle, side],
  ];
  const columns = all.filter(([, , content]) => content !== undefined);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: notices where the focus is, nothing else
    <div
      className={classes.page}
      ref={page}
      onFocus={({ target }) => onEditing(target.matches('input:not([type=radio]), textarea'))}
      onBlur={() => onEditing(false)}
    >
      {head}
      <SegmentedControl
        className={classes.tabs}
        aria-label={t('common.record.parts')}
        fullWidth
        data={columns.map(([value, label]) => ({ value, label }))}
        value={tab}
        onChange={(next) => onTab(next as RecordTab)}
      />
      <div className={classes.grid} data-tab={tab} data-columns={columns.length}>
        {columns.map(([name, title, content]) => (
          <div key={name} className={classes.column} data-column={name}>
            <div className={classes.content}>
              <h2 className="visually-hidden">{title}</h2>
              {content}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
