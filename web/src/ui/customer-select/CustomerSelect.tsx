import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerSuggestionsQuery } from '@/api/customer-suggestions';

/** A customer as a choice. */
export interface CustomerChoice {
  value: string;
  label: string;
}

/** Chooses a customer by what its name begins with. */
export function CustomerSelect({
  label,
  isLabelInside = false,
  value,
  known,
  offered = [],
  without = [],
  isEmptied = false,
  onChange,
  error,
  required,
  hasFocus,
}: {
  label: string;
  /** It stands in the field, not above it. */
  isLabelInside?: boolean;
  /** The id that is chosen; none is an empty text. */
  value: string;
  /** The chosen one by its name, where it was chosen elsewhere. */
  known?: CustomerChoice | undefined;
  /** Those to choose from before anything is typed. */
  offered?: CustomerChoice[];
  /** Those that cannot be chosen. */
  without?: number[];
  /** Whether it is there to add one after the other: what is chosen does not stay in the field. */
  isEmptied?: boolean;
  onChange: (id: string, found: CustomerChoice | undefined) => void;
  error?: string | undefined;
  required?: boolean;
  hasFocus?: boolean;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(known?.label ?? '');
  const [chosen, setChosen] = useState(known);
  const [typed] = useDebouncedValue(text, 200);
  const options = new Map([...offered, ...(chosen ? [chosen] : [])].map((choice) => [choice.value, choice.label]));
  // What is chosen is not looked for.
  const search = typed === options.get(value) ? '' : typed;
  const { data: found = [] } = useQuery(customerSuggestionsQuery(search));
  for (const { id, name, customer_code, city } of search.trim() ? found : [])
    if (!options.has(String(id)))
      options.set(String(id), `${name} · ${[customer_code, city].filter(Boolean).join(' · ')}`);
  for (const id of without) options.delete(String(id));
  const choose = (id: string | null) => {
    const label = id === null ? undefined : options.get(id);
    const choice = id === null || label === undefined ? undefined : { value: id, label };
    setChosen(isEmptied ? undefined : choice);
    setText(isEmptied ? '' : (label ?? ''));
    onChange(id ?? '', choice);
  };
  return (
    <Select
      mt={isLabelInside ? 'xs' : undefined}
      label={isLabelInside ? undefined : label}
      aria-label={isLabelInside ? label : undefined}
      placeholder={isLabelInside ? label : undefined}
      data={[...options].map(([id, name]) => ({ value: id, label: name }))}
      value={isEmptied ? null : value || null}
      onChange={choose}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      nothingFoundMessage={search.trim() ? t('common.nothing_found') : undefined}
      error={error}
      required={required}
      // Inside a dialog the list must stand in it, for its focus is kept there.
      comboboxProps={{ withinPortal: false }}
      openOnFocus={offered.length > 0}
      clearable={!isEmptied && !required}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      data-autofocus={hasFocus || undefined}
    />
  );
}
