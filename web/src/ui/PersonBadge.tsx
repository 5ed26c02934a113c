import type { CSSProperties } from 'react';
import { initials } from '@/lib/text';
import classes from './PersonBadge.module.css';
import { useLanguage } from './use-language';

/** A person by initials and name; each name keeps its hue. */
export function PersonBadge({ name, nameless = false }: { name: string; nameless?: boolean }) {
  const language = useLanguage();
  return (
    <span className={classes.person}>
      <span className={classes.face} style={{ '--hue': hueOf(name) } as CSSProperties} aria-hidden>
        {initials(name, language)}
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
