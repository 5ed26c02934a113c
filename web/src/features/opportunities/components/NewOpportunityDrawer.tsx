import { Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pipelinesQuery } from '@/api/pipelines';
import { useRecordFields } from '@/api/record-fields';
import { useMe } from '@/api/session';
import { businessDay } from '@/lib/dates';
import { CustomerSelect } from '@/ui/customer-select/CustomerSelect';
import { useErrorText } from '@/ui/error-text';
import { FieldInput } from '@/ui/form/FieldInput';
import { errorsOf, FormDrawer } from '@/ui/form/FormDrawer';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import { customerNameQuery, useCreateOpportunity } from '../record-queries';
import { ProductSelect } from './ProductSelect';

const names = [
  'name',
  'customer',
  'pipeline',
  'stage',
  'amount',
  'currency',
  'expected_close_date',
  'sales_rep',
  'lines',
];

/** How long a sale is thought to take when nobody said: people change what stands there sooner than they fill what is empty. */
const USUAL_DAYS = 30;
const soon = () => businessDay(new Date(Date.now() + USUAL_DAYS * 86_400_000));

interface Values {
  name: string;
  customer: string;
  pipeline: string;
  stage: string;
  amount: string;
  currency: string;
  expected_close_date: string;
  sales_rep: string;
  product: { id: number; name: string } | undefined;
  quantity: string;
}

/** A new opportunity; with a product its amount follows from the price. */
export default function NewOpportunityDrawer({
  customer,
  pipeline: asked,
  onClose,
}: {
  /** Whose it becomes, if that is known. */
  customer?: number;
  pipeline?: number;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const isTurkish = useLanguage() === 'tr';
  const textOf = useErrorText();
  const navigate = useNavigate();
  const me = useMe();
  const { byName } = useRecordFields('opportunities');
  const { data: all } = useSuspenseQuery(pipelinesQuery);
  const { data: known } = useQuery(customerNameQuery(customer));
  const create = useCreateOpportunity();
  const pipelines = all.filter((one) => !one.is_archived);
  const first = pipelines.find(({ id }) => id === asked) ?? pipelines[0];
  const form = useForm<Values>({
    initialValues: {
      name: '',
      customer: customer ? String(customer) : '',
      pipeline: String(first?.id ?? ''),
      stage: '',
      amount: '',
      currency: me.organisation.currency,
      expected_close_date: soon(),
      sales_rep: String(me.id),
      product: undefined,
      quantity: '1',
    },
  });
  const { values } = form;
  const stages = pipelines.find(({ id }) => String(id) === values.pipeline)?.stages ?? [];
  const open = stages.filter(({ outcome }) => outcome === 'open');
  const people = byName.get('sales_rep')?.choices ?? [];
  const labelOf = (name: string) => byName.get(name)?.label ?? name;
  const input = (name: keyof Values) => {
    const { value, error, onChange } = form.getInputProps(name);
    return { label: labelOf(name), value, error, onChange };
  };

  const submit = form.onSubmit(({ product, quantity, stage, ...rest }) => {
    const body = {
      name: rest.name,
      customer: rest.customer ? Number(rest.customer) : null,
      pipeline: Number(rest.pipeline),
      ...(stage && { stage }),
      ...(rest.amount && { amount: rest.amount }),
      currency: rest.currency,
      expected_close_date: rest.expected_close_date || null,
      ...(rest.sales_rep && { sales_rep: Number(rest.sales_rep) }),
    };
    const lines = product ? [{ product_id: product.id, quantity: quantity || null }] : [];
    create.mutate(
      { body, lines },
      {
        onSuccess: ({ opportunity, operation, linesError }) => {
          showUndo(t('opportunities.new.created', { name: opportunity.name }), operation);
          if (linesError) showRefusal(textOf(linesError));
          navigate({ to: '/opportunities/$opportunityId', params: { opportunityId: opportunity.id } });
        },
        onError: (error) => form.setErrors(errorsOf(error, names)),
      },
    );
  });

  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('opportunities.new.title')}
      submit={t('opportunities.new.create')}
      onSubmit={submit}
      isPending={create.isPending}
      error={create.error}
      fields={names}
      errors={form.errors}
      size={460}
    >
      <FieldInput kind="text" {...input('name')} data-autofocus />
      <CustomerSelect
        label={labelOf('customer')}
        value={values.customer}
        onChange={(id) => form.setFieldValue('customer', id)}
        offered={known && customer ? [{ value: String(customer), label: known }] : []}
        error={form.errors.customer as string | undefined}
      />
      {pipelines.length > 1 && (
        <Select
          {...input('pipeline')}
          data={pipelines.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={(id) => {
            if (!id) return;
            form.setFieldValue('pipeline', id);
            form.setFieldValue('stage', '');
          }}
          allowDeselect={false}
        />
      )}
      <Select
        {...input('stage')}
        data={open.map(({ key, name_tr, name_en }) => ({ value: key, label: isTurkish ? name_tr : name_en }))}
        value={values.stage || (open[0]?.key ?? null)}
        allowDeselect={false}
      />
      <ProductSelect
        label={t('opportunities.lines.product')}
        value={values.product}
        onChange={(product) => {
          form.setFieldValue('product', product);
          if (product) form.setFieldValue('currency', product.currency);
          if (product && !values.name) form.setFieldValue('name', product.name);
        }}
        error={form.errors.lines as string | undefined}
      />
      {values.product ? (
        <FieldInput
          kind="number"
          label={t('opportunities.lines.quantity')}
          value={values.quantity}
          onChange={(quantity) => form.setFieldValue('quantity', String(quantity))}
        />
      ) : (
        <FieldInput kind="money" {...input('amount')} />
      )}
      <FieldInput kind="text" {...input('currency')} />
      <FieldInput kind="date" {...input('expected_close_date')} />
      {people.length > 0 && <FieldInput kind="choice" {...input('sales_rep')} choices={people} />}
    </FormDrawer>
  );
}
