import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { initials } from '@/lib/text';
import classes from './PersonBadge.module.css';

/** A person by initials and name; each name keeps its hue. */
export function PersonBadge({ name, nameless = false }: { name: string; nameless?: boolean }) {
  const { i18n } = useTranslation();
  return (
    <span className={classes.person}>
      <span className={classes.face} style={{ '--hue': hueOf(name) } as CSSProperties} aria-hidden>
        {initials(name, i18n.language)}
      </span>
      {!nameless && <span className={classes.name}>{name}</span>}
    </span>
  );
}

function hueOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}
