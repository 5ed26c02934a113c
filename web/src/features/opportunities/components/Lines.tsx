import { ActionIcon, Button } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import type { Opportunity } from '@/api/types';
import { formatDecimal } from '@/lib/money';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { FieldInput } from '@/ui/form/FieldInput';
import { Refusal } from '@/ui/form/FormDrawer';
import { Money } from '@/ui/Money';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { showRefusal, showUndo } from '@/ui/toasts';
import { useLanguage } from '@/ui/use-language';
import type { Line, NewLine } from '../parts';
import { linesQuery, useSetLines } from '../record-queries';
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
  const { data, error, refetch } = useQuery(linesQuery(id));
  const set = useSetLines(id);
  const [open, setOpen] = useState<number | undefined>();
  const lines = data?.lines ?? [];

  const remove = (place: number) =>
    set.mutate(lines.filter((_, at) => at !== place).map(sent), {
      onSuccess: (operation) => showUndo(t('opportunities.lines.removed'), operation),
      onError: (refusal) => showRefusal(textOf(refusal)),
    });
  const titled = t('opportunities.lines.title');
  if (error && !data) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <PagePart
      id="lines"
      title={titled}
      lead={
        lines.length > 0 && data ? (
          <>
            {t('opportunities.lines.total')} <Money amount={data.total} currency={data.currency} />
          </>
        ) : undefined
      }
      actions={
        !readOnly && (
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setOpen(lines.length)}
          >
            {t('opportunities.lines.add')}
          </Button>
        )
      }
    >
      <PlainTable
        label={titled}
        rows={data && lines.map((line, place) => ({ ...line, place }))}
        rowId={({ place }) => place}
        empty={<p className={classes.none}>{t('opportunities.lines.none')}</p>}
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
        actions={
          readOnly
            ? undefined
            : ({ place, name }) => (
                <>
                  <ActionIcon aria-label={t('opportunities.lines.edit', { name })} onClick={() => setOpen(place)}>
                    <IconPencil size={15} aria-hidden />
                  </ActionIcon>
                  <ActionIcon aria-label={t('opportunities.lines.remove', { name })} onClick={() => remove(place)}>
                    <IconTrash size={15} aria-hidden />
                  </ActionIcon>
                </>
              )
        }
      />
      {open !== undefined && !readOnly && (
        <LineForm key={open} id={id} place={open} lines={lines} onDone={() => setOpen(undefined)} />
      )}
    </PagePart>
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
  return (
    <form
      className={classes.form}
      aria-label={t(line ? 'opportunities.lines.one' : 'opportunities.lines.add')}
      noValidate
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        const { product, quantity, unit_price, discount } = values;
        const written: NewLine = {
          product_id: product?.id ?? line?.product_id ?? null,
          ...(product?.id === line?.product_id && { name: line?.name ?? null }),
          quantity: quantity || null,
          unit_price: unit_price || null,
          discount: discount || null,
        };
        const next = lines.map(sent);
        next[place] = written;
        set.mutate(next, {
          onSuccess: (operation) => {
            onDone();
            showUndo(t('opportunities.saved'), operation);
          },
        });
      }}
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
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={set.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
