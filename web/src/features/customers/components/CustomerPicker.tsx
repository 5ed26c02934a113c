import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerSuggestionsQuery } from '../queries';

/** Chooses another customer by what its name begins with. */
export function CustomerPicker({
  label,
  without,
  value,
  onChange,
  error,
}: {
  label: string;
  /** The one that cannot be chosen: itself. */
  without: number;
  value: string;
  onChange: (id: string) => void;
  error?: string;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 200);
  const { data: found = [] } = useQuery(customerSuggestionsQuery(search));
  return (
    <Select
      label={label}
      data={found
        .filter(({ id }) => id !== without)
        .map(({ id, name, customer_code, city }) => ({
          value: String(id),
          label: `${name} · ${[customer_code, city].filter(Boolean).join(' · ')}`,
        }))}
      value={value || null}
      onChange={(other) => onChange(other ?? '')}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage={search ? t('common.nothing_found') : undefined}
      error={error}
      comboboxProps={{ withinPortal: false }}
      openOnFocus={false}
      data-autofocus
    />
  );
}
