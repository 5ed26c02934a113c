import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { customersLikeQuery } from '../queries';

/** A customer as a choice. */
export interface FoundCustomer {
  value: string;
  label: string;
}

/** Finds a customer by what its name begins with. Without `chosen` it is emptied as soon as one was. */
export function CustomerSearch({
  label,
  isLabelShown = false,
  without = [],
  chosen,
  onChosen,
  error,
}: {
  label: string;
  /** Else it stands in the field. */
  isLabelShown?: boolean;
  without?: number[];
  chosen?: FoundCustomer;
  onChosen: (found: FoundCustomer | undefined) => void;
  error?: string;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState(chosen?.label ?? '');
  const [search] = useDebouncedValue(text, 200);
  const { data: found = [] } = useQuery({ ...customersLikeQuery(search), enabled: search.trim().length > 1 });
  const options = found
    .filter(({ id }) => !without.includes(id))
    .map(({ id, name, customer_code }) => ({ value: String(id), label: `${name} · ${customer_code}` }));
  const isThere = !chosen || options.some(({ value }) => value === chosen.value);
  return (
    <Select
      mt={isLabelShown ? undefined : 'xs'}
      label={isLabelShown ? label : undefined}
      aria-label={isLabelShown ? undefined : label}
      placeholder={isLabelShown ? undefined : label}
      data={isThere ? options : [...options, chosen]}
      value={chosen?.value ?? null}
      onChange={(value, option) => {
        onChosen(value === null ? undefined : option);
        setText(value !== null && isLabelShown ? option.label : '');
      }}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      nothingFoundMessage={search.trim().length > 1 ? t('common.nothing_found') : undefined}
      openOnFocus={false}
      clearable={isLabelShown}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      error={error}
    />
  );
}
