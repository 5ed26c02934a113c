import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Keys.module.css';
import { stepsOf } from './shortcut';

/** A shortcut as it stands on the keyboard of the reader. */
export function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation();
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: '⇧',
    alt: mac ? '⌥' : 'Alt',
    escape: 'Esc',
    enter: '↵',
    space: t('common.shortcuts.space'),
    arrowup: '↑',
    arrowdown: '↓',
    arrowleft: '←',
    arrowright: '→',
  };
  return stepsOf(keys).map((step, index) => (
    <Fragment key={step}>
      {index > 0 && ' '}
      {step.split('+').map((key) => (
        <kbd key={key} className={classes.key}>
          {names[key.toLowerCase()] ?? key}
        </kbd>
      ))}
    </Fragment>
  ));
}
