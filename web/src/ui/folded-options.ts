import type { OptionsFilter } from '@mantine/core';
import { fold } from '@/lib/text';

/** Finds options as the server finds customers: `ıstanbul` finds İstanbul, `tekstil` finds TEKSTİL. */
export const foldedOptions: OptionsFilter = ({ options, search }) => {
  const wanted = fold(search);
  return options.filter((option) => !('label' in option) || fold(String(option.label)).includes(wanted));
};
