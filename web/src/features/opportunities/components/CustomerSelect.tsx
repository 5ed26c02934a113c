import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customerSuggestionsQuery } from '../record-queries';

/** Chooses a customer by what its name begins with; `offered` are those to choose from before anything is typed. */
export function CustomerSelect({
  label,
  value,
  onChange,
  offered = [],
  error,
  ...rest
}: {
  label: string;
  value: string;
  onChange: (id: string) => void;
  offered?: { id: number; name: string }[];
  error?: string;
  required?: boolean;
  'data-autofocus'?: boolean;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 200);
  const { data: found = [] } = useQuery(customerSuggestionsQuery(search));
  const options = new Map(offered.map(({ id, name }) => [String(id), name]));
  for (const { id, name, customer_code } of found)
    if (!options.has(String(id))) options.set(String(id), `${name} · ${customer_code}`);
  return (
    <Select
      {...rest}
      label={label}
      data={[...options].map(([value, label]) => ({ value, label }))}
      value={value || null}
      onChange={(other) => onChange(other ?? '')}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage={search ? t('common.nothing_found') : undefined}
      error={error}
      clearable
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  );
}
