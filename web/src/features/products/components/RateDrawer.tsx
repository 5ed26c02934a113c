import { NumberInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { ExchangeRate } from '@/api/types';
import { businessDay } from '@/lib/dates';
import { DateField } from '@/ui/DateField';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { useSetRate } from '../queries';
import { CurrencySelect } from './CurrencySelect';

const fields = ['currency', 'date', 'rate', 'source'];

/** The rate of a currency on a day, new or put right. */
export function RateDrawer({
  rate,
  currency,
  onClose,
}: {
  rate: ExchangeRate | undefined;
  /** Which the list is narrowed to. */
  currency: string;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const own = useMe().organisation.currency;
  const set = useSetRate();
  const form = useForm({
    initialValues: {
      currency: rate?.currency ?? (currency || (own === 'USD' ? 'EUR' : 'USD')),
      date: rate?.date ?? businessDay(new Date()),
      rate: rate?.rate ?? '',
      source: rate?.source ?? '',
    },
  });
  const turkish = i18n.language === 'tr';
  const submit = form.onSubmit((values) => {
    // They are in the address of the request: without one the server could not answer for it.
    if (!values.date) {
      form.setFieldError('date', t('products.rates.date_missing'));
      return;
    }
    set.mutate(values, {
      onSuccess: () => {
        showNote(t('products.rates.saved', { currency: values.currency }));
        onClose();
      },
      onError: (error) => form.setErrors(errorsOf(error, fields)),
    });
  });
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={rate ? t('products.rates.correct_title') : t('products.rates.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={set.isPending}
      error={set.error}
      fields={fields}
      errors={form.errors}
    >
      <CurrencySelect
        label={t('products.currency')}
        without={own}
        disabled={rate !== undefined}
        {...form.getInputProps('currency')}
      />
      <DateField
        label={t('products.rates.date')}
        disabled={rate !== undefined}
        value={form.values.date || null}
        onChange={(date) => form.setFieldValue('date', date ?? '')}
        error={form.errors.date}
      />
      <NumberInput
        label={t('products.rates.rate_of', { currency: form.values.currency, own })}
        hideControls
        decimalScale={6}
        thousandSeparator={turkish ? '.' : ','}
        decimalSeparator={turkish ? ',' : '.'}
        value={form.values.rate}
        onValueChange={({ value }) => form.setFieldValue('rate', value)}
        error={form.errors.rate}
        data-autofocus
      />
      <TextInput
        label={t('products.rates.source')}
        description={t('products.rates.source_hint')}
        {...form.getInputProps('source')}
      />
      <Text size="sm" c="dimmed">
        {t('products.rates.hint')}
      </Text>
    </FormDrawer>
  );
}
