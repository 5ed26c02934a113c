import { Select, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '@/lib/language';
import { foldedOptions } from '@/ui/folded-options';

/** Those that are asked for most in Turkey; the others follow by code. */
const usual = ['TRY', 'USD', 'EUR', 'GBP', 'CHF'];

/** A currency by its code, with its name in the reader's language. */
export function CurrencySelect({ without, ...props }: Omit<SelectProps, 'data'> & { without?: string }) {
  const { t, i18n } = useTranslation();
  const data = useMemo(() => {
    const names = new Intl.DisplayNames([intlLocale(i18n.language)], { type: 'currency' });
    const codes = [...new Set([...usual, ...Intl.supportedValuesOf('currency')])];
    return codes
      .filter((code) => code !== without)
      .map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
  }, [i18n.language, without]);
  return (
    <Select
      data={data}
      searchable
      filter={foldedOptions}
      limit={50}
      allowDeselect={false}
      nothingFoundMessage={t('common.nothing_found')}
      {...props}
    />
  );
}
