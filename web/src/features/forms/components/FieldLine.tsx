import { ActionIcon, Badge } from '@mantine/core';
import { IconChevronDown, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebFormField } from '@/api/types';
import classes from './Build.module.css';

/** A field of a form in a line, which opens to be edited. */
export function FieldLine({
  name,
  of,
  field,
  isOpen,
  isWrong,
  onToggle,
  onRemove,
  children,
}: {
  /** As the form calls it. */
  name: string;
  /** As the lead calls it. */
  of: string;
  field: WebFormField;
  isOpen: boolean;
  isWrong: boolean;
  onToggle: () => void;
  onRemove: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <>
      <div className={classes.line}>
        <button type="button" className={classes.toggle} aria-expanded={isOpen} onClick={onToggle}>
          <IconChevronDown size={15} className={classes.chevron} aria-hidden />
          <span className={classes.lineName}>
            {name}
            {name !== of && <small>{of}</small>}
          </span>
        </button>
        {field.is_required && (
          <Badge variant="light" size="sm">
            {t('forms.fields.required')}
          </Badge>
        )}
        {field.is_hidden && (
          <Badge variant="light" size="sm" color="gray">
            {t('forms.fields.hidden')}
          </Badge>
        )}
        {isWrong && (
          <Badge variant="light" size="sm" color="red">
            {t('forms.wrong')}
          </Badge>
        )}
        <ActionIcon aria-label={t('forms.fields.remove', { name: of })} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </div>
      {isOpen && <div className={classes.opened}>{children}</div>}
    </>
  );
}
