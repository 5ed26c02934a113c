import { Button, Popover, TagsInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { foldedOptions } from '@/ui/folded-options';
import type { BulkAction } from '@/ui/record-list/BulkBar';
import { tagNamesQuery } from '../tag-names';
import classes from './BulkTags.module.css';

/** Gives the selected customers tags, or takes them away. */
export function BulkTags({
  opened,
  onToggle,
  onClose,
  action,
  icon,
  loading,
  onRun,
}: {
  opened: boolean;
  onToggle: () => void;
  onClose: () => void;
  action: 'tag' | 'untag';
  icon: ReactNode;
  loading: boolean;
  onRun: (action: BulkAction) => void;
}) {
  const { t } = useTranslation();
  const [tags, setTags] = useState<string[]>([]);
  const [isListed, list] = useDisclosure();
  const { data: known } = useQuery({ ...tagNamesQuery, enabled: opened });
  const label = t(`customers.bulk.${action}`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tags.length > 0) onRun({ action, tags });
  };
  return (
    <Popover opened={opened} onChange={(next) => !next && onClose()} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={icon} loading={loading} onClick={onToggle}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <form className={classes.form} onSubmit={submit}>
          <TagsInput
            label={t('customers.bulk.tags')}
            description={t('common.filter.several')}
            data={known ?? []}
            filter={foldedOptions}
            value={tags}
            onChange={(next) => {
              setTags(next);
              // It would cover the button.
              list.close();
            }}
            dropdownOpened={isListed}
            onDropdownOpen={list.open}
            onDropdownClose={list.close}
            acceptValueOnBlur
            comboboxProps={{ withinPortal: false }}
            data-autofocus
          />
          <Button type="submit" disabled={tags.length === 0} loading={loading}>
            {label}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
