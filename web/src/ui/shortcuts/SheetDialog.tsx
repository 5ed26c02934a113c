import { Modal } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Keys } from './Keys';
import { type ShortcutGroup, useAllShortcuts } from './registry';
import classes from './SheetDialog.module.css';

/** The sheet of shortcuts, by group. */
export default function SheetDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = joined(useAllShortcuts());
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('common.shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={classes.sheet}>
        {groups.map((group) => (
          <Group key={group.name} group={group} />
        ))}
      </div>
    </Modal>
  );
}

function Group({ group }: { group: ShortcutGroup }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className={classes.heading}>
        {group.name}
      </h3>
      <dl className={classes.list}>
        {group.shortcuts.map(({ keys, label }) => (
          <div key={`${keys} ${label}`} className={classes.line}>
            <dt>{label}</dt>
            <dd>
              <Keys keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Groups of one name as one, each key once. */
function joined(groups: ShortcutGroup[]): ShortcutGroup[] {
  const byName = new Map<string, ShortcutGroup>();
  for (const { name, shortcuts } of groups) {
    const before = byName.get(name)?.shortcuts ?? [];
    const fresh = shortcuts.filter(({ keys }) => !before.some((other) => other.keys === keys));
    byName.set(name, { name, shortcuts: [...before, ...fresh] });
  }
  return [...byName.values()];
}
