import { ActionIcon, Button, type ButtonProps, Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconExternalLink, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../shortcuts/registry';
import classes from './PeekPanel.module.css';

/** A record beside the list: a bar to walk the list and to open the record, and below it what matters of it. */
export function PeekPanel({
  id,
  noun,
  page,
  onClose,
  onPrevious,
  onNext,
  children,
}: {
  id: number;
  /** What a record is called. */
  noun: string;
  /** Renders the link to the whole page of the record. */
  page: NonNullable<ButtonProps & { renderRoot?: (props: Record<string, unknown>) => ReactNode }>['renderRoot'];
  onClose: () => void;
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  useShortcuts(t('common.shortcuts.table'), [{ keys: 'Escape', label: t('common.beside.close'), run: onClose }]);
  useEffect(() => panel.current?.focus({ preventScroll: true }), []);

  return (
    <aside
      ref={panel}
      className={classes.panel}
      aria-label={t('common.beside.title', { noun })}
      tabIndex={-1}
      data-beside
    >
      <div className={classes.bar}>
        <ActionIcon
          disabled={!onPrevious}
          aria-label={t('common.beside.previous', { noun })}
          title={`${t('common.beside.previous', { noun })} (k)`}
          onClick={onPrevious}
        >
          <IconArrowUp size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          disabled={!onNext}
          aria-label={t('common.beside.next', { noun })}
          title={`${t('common.beside.next', { noun })} (j)`}
          onClick={onNext}
        >
          <IconArrowDown size={16} aria-hidden />
        </ActionIcon>
        <Button renderRoot={page} variant="subtle" leftSection={<IconExternalLink size={15} aria-hidden />}>
          {t('common.beside.open')}
        </Button>
        <ActionIcon className={classes.close} aria-label={t('common.close')} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      <div className={classes.content} key={id}>
        {children}
      </div>
    </aside>
  );
}

/** The name of the record beside the list, and a line below it. */
export function PeekHead({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <h2 className={classes.name}>{name}</h2>
      <p className={classes.under}>{children}</p>
    </>
  );
}

/** A part of what is shown beside the list. */
export function PeekPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h3 className={classes.heading}>{title}</h3>
      {children}
    </>
  );
}

/** Stands there until the record has come. */
export function PeekBones() {
  return (
    <div aria-busy="true">
      <Skeleton height={22} width="60%" mb={10} />
      <Skeleton height={14} width="40%" mb={26} />
      {[70, 50, 80, 60, 65].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} mb={18} />
      ))}
    </div>
  );
}
