import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Product } from '@/api/types';
import { productSuggestionsQuery } from '../record-queries';

/** Chooses a product of the catalogue. */
export function ProductSelect({
  label,
  value,
  onChange,
  error,
  isFirst = false,
}: {
  label: string;
  /** The chosen product as far as it is known. */
  value: { id: number; name: string } | undefined;
  onChange: (product: Product | undefined) => void;
  error?: string;
  /** Of its form: it has the focus when the form opens. */
  isFirst?: boolean;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(value?.name ?? '');
  const isChosen = text === value?.name;
  const [search] = useDebouncedValue(isChosen ? '' : text, 200);
  const { data: found = [] } = useQuery(productSuggestionsQuery(search));
  const options = found.map(({ id, name }) => ({ value: String(id), label: name }));
  if (value && !found.some(({ id }) => id === value.id))
    options.unshift({ value: String(value.id), label: value.name });
  return (
    <Select
      label={label}
      data={options}
      value={value ? String(value.id) : null}
      onChange={(id) => onChange(found.find((one) => String(one.id) === id))}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage={t('common.nothing_found')}
      error={error}
      data-autofocus={isFirst || undefined}
    />
  );
}
