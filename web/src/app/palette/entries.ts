import type { ReactNode } from 'react';
import { fold } from '@/lib/text';
import type { Command, CommandGroup } from '@/ui/commands/registry';

/** A line of the palette. */
export interface PaletteEntry {
  id: string;
  label: string;
  /** What tells it from others of the same name. */
  hint?: string;
  icon?: ReactNode;
  keys?: string;
  run: () => void;
}

/** Lines under one heading. */
export interface PaletteGroup {
  name: string;
  entries: PaletteEntry[];
}

/** How well a command fits what is typed: 2 when its label begins with it, 1 when words of it do, 0 not at all. */
export function fitOf(command: Pick<Command, 'label' | 'words'>, typed: string): 0 | 1 | 2 {
  const asked = fold(typed);
  const label = fold(command.label);
  if (label.startsWith(asked)) return 2;
  const words = `${label} ${fold(command.words ?? '')}`.split(' ');
  return asked.split(' ').every((part) => words.some((word) => word.startsWith(part))) ? 1 : 0;
}

/** The commands that fit, those that fit best first; groups that surely are meant apart from the others. */
export function fitting(groups: CommandGroup[], typed: string): { meant: CommandGroup[]; others: CommandGroup[] } {
  const meant: CommandGroup[] = [];
  const others: CommandGroup[] = [];
  for (const { name, commands } of groups) {
    const ranked = commands
      .map((command) => ({ command, fit: fitOf(command, typed) }))
      .filter((one) => one.fit > 0)
      .sort((a, b) => b.fit - a.fit);
    if (ranked.length === 0) continue;
    (ranked[0]?.fit === 2 ? meant : others).push({ name, commands: ranked.map(({ command }) => command) });
  }
  return { meant, others };
}
