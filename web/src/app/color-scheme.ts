import { localStorageColorSchemeManager, type MantineColorScheme } from '@mantine/core';

/** Keeps the scheme in this browser, where `theme.js` reads it before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'crm.theme' });

/** The user's setting as Mantine calls it. */
export function asColorScheme(theme: string): MantineColorScheme {
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}
