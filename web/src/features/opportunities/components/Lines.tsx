import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Opportunity } from '@/api/types';
import { formatDecimal } from '@/lib/money';
import { useErrorText } from '@/ui/error-text';
import { FieldInput } from '@/ui/form/FieldInput';
import { Refusal } from '@/ui/form/FormDrawer';
import { Money } from '@/ui/Money';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import type { Line, NewLine } from '../parts';
import { linesQuery, useSetLines } from '../record-queries';
import { PartForm, Parts } from './Parts';
import classes from './Parts.module.css';
import { ProductSelect } from './ProductSelect';

const asked = ['product_id', 'quantity', 'unit_price', 'discount'] as const;
const sent = ({ product_id, name, quantity, unit_price, discount }: Line): NewLine => ({
  product_id,
  name,
  quantity,
  unit_price,
  discount,
});

/** What is sold: its lines sum to the amount. */
export function Lines({ opportunity: { id, currency }, readOnly }: { opportunity: Opportunity; readOnly: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const textOf = useErrorText();
  const query = useQuery(linesQuery(id));
  const set = useSetLines(id);
  const { data } = query;
  const lines = data?.lines ?? [];
  return (
    <Parts
      id="lines"
      title={t('opportunities.lines.title')}
      lead={
        lines.length > 0 &&
        data && (
          <>
            {t('opportunities.lines.total')} <Money amount={data.total} currency={data.currency} />
          </>
        )
      }
      add={t('opportunities.lines.add')}
      none={t('opportunities.lines.none')}
      query={query}
      parts={data?.lines}
      columns={[
        { id: 'name', header: t('opportunities.lines.product'), cell: ({ name }) => name },
        {
          id: 'quantity',
          header: t('opportunities.lines.quantity'),
          align: 'end',
          cell: ({ quantity }) => formatDecimal(quantity, language),
        },
        {
          id: 'unit_price',
          header: t('opportunities.lines.unit_price'),
          align: 'end',
          cell: ({ unit_price }) => <Money amount={unit_price} currency={currency} />,
        },
        {
          id: 'discount',
          header: t('opportunities.lines.discount'),
          align: 'end',
          cell: ({ discount }) => formatDecimal(discount, language),
        },
        {
          id: 'total',
          header: t('opportunities.figures.amount'),
          align: 'end',
          cell: ({ total }) => <Money amount={total} currency={currency} />,
        },
      ]}
      nameOf={({ name }) => name}
      readOnly={readOnly}
      onRemove={(place) =>
        set.mutate(lines.filter((_, at) => at !== place).map(sent), {
          onSuccess: (operation) => showUndo(t('opportunities.lines.removed'), operation),
          onError: (refusal) => showRefusal(textOf(refusal)),
        })
      }
      form={(place, onDone) => <LineForm key={place} id={id} place={place} lines={lines} onDone={onDone} />}
    />
  );
}

function LineForm({ id, place, lines, onDone }: { id: number; place: number; lines: Line[]; onDone: () => void }) {
  const { t } = useTranslation();
  const set = useSetLines(id);
  const line = lines[place];
  const [values, setValues] = useState({
    product:
      line?.product_id != null
        ? { id: line.product_id, name: line.name }
        : (undefined as { id: number; name: string } | undefined),
    quantity: line?.quantity ?? '1',
    unit_price: line?.unit_price ?? '',
    discount: line?.discount ?? '',
  });
  const errorOf = (name: string) =>
    set.error instanceof ApiError ? set.error.fieldError(`lines.${place}.${name}`) : undefined;
  const put = (name: keyof typeof values) => (value: unknown) => setValues((all) => ({ ...all, [name]: value }));
  const save = () => {
    const { product, quantity, unit_price, discount } = values;
    const next = lines.map(sent);
    next[place] = {
      product_id: product?.id ?? line?.product_id ?? null,
      ...(product?.id === line?.product_id && { name: line?.name ?? null }),
      quantity: quantity || null,
      unit_price: unit_price || null,
      discount: discount || null,
    };
    set.mutate(next, {
      onSuccess: (operation) => {
        onDone();
        showUndo(t('common.saved'), operation);
      },
    });
  };
  return (
    <PartForm
      label={t(line ? 'opportunities.lines.one' : 'opportunities.lines.add')}
      isPending={set.isPending}
      onSubmit={save}
      onDone={onDone}
    >
      <Refusal error={set.error} fields={asked.map((name) => `lines.${place}.${name}`)} />
      <ProductSelect
        isFirst
        label={t('opportunities.lines.product')}
        value={values.product}
        error={errorOf('product_id') ?? errorOf('name')}
        onChange={(product) => setValues((all) => ({ ...all, product, unit_price: product?.price ?? all.unit_price }))}
      />
      <div className={classes.few}>
        <FieldInput
          kind="number"
          label={t('opportunities.lines.quantity')}
          value={values.quantity}
          onChange={put('quantity')}
          error={errorOf('quantity')}
        />
        <FieldInput
          kind="money"
          label={t('opportunities.lines.unit_price')}
          value={values.unit_price}
          onChange={put('unit_price')}
          error={errorOf('unit_price')}
        />
        <FieldInput
          kind="number"
          label={t('opportunities.lines.discount')}
          value={values.discount}
          onChange={put('discount')}
          error={errorOf('discount')}
        />
      </div>
    </PartForm>
  );
}
