import { NumberInput, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import type { Product } from '@/api/types';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showNote } from '@/ui/toasts';
import { useSaveProduct } from '../queries';
import { CurrencySelect } from './CurrencySelect';

const fields = ['name', 'code', 'series', 'price', 'currency', 'is_active'];

/** A product, new or changed. What was sold before keeps the price it was sold at. */
export function ProductDrawer({ product, onClose }: { product: Product | undefined; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const save = useSaveProduct();
  const form = useForm({
    initialValues: {
      name: product?.name ?? '',
      code: product?.code ?? '',
      series: product?.series ?? '',
      price: product?.price ?? '',
      currency: product?.currency ?? me.organisation.currency,
      is_active: product?.is_active ?? true,
    },
  });
  const turkish = i18n.language === 'tr';
  const submit = form.onSubmit(({ price, ...values }) =>
    save.mutate(
      { id: product?.id, ...values, price: price || '0' },
      {
        onSuccess: ({ name }) => {
          showNote(t('products.saved', { name }));
          onClose();
        },
        onError: (error) => form.setErrors(errorsOf(error, fields)),
      },
    ),
  );
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={product ? product.name : t('products.new')}
      submit={t('common.save')}
      onSubmit={submit}
      isPending={save.isPending}
      error={save.error}
      fields={fields}
      errors={form.errors}
    >
      <TextInput label={t('products.name')} data-autofocus {...form.getInputProps('name')} />
      <TextInput label={t('products.code')} description={t('products.code_hint')} {...form.getInputProps('code')} />
      <TextInput
        label={t('products.series')}
        description={t('products.series_hint')}
        {...form.getInputProps('series')}
      />
      <NumberInput
        label={t('products.price')}
        description={product ? t('products.price_hint') : undefined}
        hideControls
        decimalScale={2}
        thousandSeparator={turkish ? '.' : ','}
        decimalSeparator={turkish ? ',' : '.'}
        value={form.values.price}
        onValueChange={({ value }) => form.setFieldValue('price', value)}
        error={form.errors.price}
      />
      <CurrencySelect label={t('products.currency')} {...form.getInputProps('currency')} />
      <Switch label={t('products.is_sold')} {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </FormDrawer>
  );
}
