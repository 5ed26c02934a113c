import { ActionIcon, Badge, Button, Group, SegmentedControl } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconPackage, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '@/api/session';
import type { Product } from '@/api/types';
import { formatCount } from '@/lib/money';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useErrorText } from '@/ui/error-text';
import { Money } from '@/ui/Money';
import { Page } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { SearchBox } from '@/ui/SearchBox';
import { showNote, showRefusal } from '@/ui/toasts';
import { ProductDrawer } from '../components/ProductDrawer';
import { productQuery, productsQuery, useDeleteProduct, useSaveProduct } from '../queries';
import classes from './ProductsPage.module.css';

/** What the page shows, as the address bar says it. */
export interface ProductsParams {
  search?: string;
  /** What is sold, what no longer is, or both. */
  state?: 'archived' | 'all';
  /** Whose form is open: a product's id, or `new`. */
  product?: string;
}

/** The catalogue: what is sold, and for how much. */
export function ProductsPage({
  params,
  onParams,
}: {
  params: ProductsParams;
  onParams: (params: ProductsParams, replace?: boolean) => void;
}) {
  const { t, i18n } = useTranslation();
  const mayManage = may(useMe(), 'product.manage');
  const textOf = useErrorText();
  const { search = '', state, product: opened } = params;
  const isActive = state === undefined ? true : state === 'archived' ? false : undefined;
  const list = useInfiniteQuery(productsQuery(search, isActive));
  const products = list.data?.pages.flatMap(({ results }) => results as Product[]);
  const count = list.data?.pages[0]?.count;
  const linked = useQuery({ ...productQuery(Number(opened)), enabled: /^\d+$/.test(opened ?? '') });
  const edited = products?.find(({ id }) => String(id) === opened) ?? linked.data;
  const save = useSaveProduct();
  const remove = useDeleteProduct();
  const [doomed, setDoomed] = useState<Product>();
  const refuse = (error: unknown) => showRefusal(textOf(error));
  const close = () => onParams({ search: params.search, state });
  const add = mayManage && (
    <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => onParams({ ...params, product: 'new' })}>
      {t('products.new')}
    </Button>
  );
  const setActive = (product: Product, is_active: boolean) =>
    save.mutate(
      { id: product.id, is_active },
      {
        onSuccess: ({ name }) => showNote(t(is_active ? 'products.sold' : 'products.not_sold', { name })),
        onError: refuse,
      },
    );
  const asked = search !== '' || state === 'archived';

  return (
    <Page wide title={t('common.settings.products')} lead={t('products.lead')} actions={add}>
      <Group gap="xs" className={classes.filters}>
        <SearchBox
          label={t('products.search')}
          value={search}
          onChange={(text) => onParams({ ...params, search: text || undefined }, true)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('products.state')}
          value={state ?? 'active'}
          onChange={(next) => onParams({ ...params, state: next === 'active' ? undefined : (next as 'all') }, true)}
          data={(['active', 'archived', 'all'] as const).map((value) => ({
            value,
            label: t(`products.states.${value}`),
          }))}
        />
        {count !== undefined && (
          <span className={classes.count} aria-live="polite">
            {t('products.count', { count, number: formatCount(count, i18n.language) })}
          </span>
        )}
      </Group>
      {list.error && !products ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : (
        <PlainTable
          label={t('common.settings.products')}
          rows={products}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'name',
              header: t('products.name'),
              cell: (product) => (
                <span className={classes.named}>
                  {mayManage ? (
                    <button
                      type="button"
                      className={classes.open}
                      onClick={() => onParams({ ...params, product: String(product.id) })}
                    >
                      {product.name}
                    </button>
                  ) : (
                    product.name
                  )}
                  {!product.is_active && (
                    <Badge variant="light" color="gray" size="sm">
                      {t('products.archived')}
                    </Badge>
                  )}
                </span>
              ),
            },
            { id: 'code', header: t('products.code'), cell: ({ code }) => <code>{code}</code> },
            { id: 'series', header: t('products.series'), cell: ({ series }) => series || '—' },
            {
              id: 'price',
              header: t('products.price'),
              align: 'end',
              cell: ({ price, currency }) => <Money amount={price} currency={currency} />,
            },
          ]}
          actions={
            mayManage
              ? (product) => (
                  <>
                    <ActionIcon
                      aria-label={t('products.edit', { name: product.name })}
                      onClick={() => onParams({ ...params, product: String(product.id) })}
                    >
                      <IconPencil size={16} aria-hidden />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t(product.is_active ? 'products.archive' : 'products.restore', {
                        name: product.name,
                      })}
                      disabled={save.isPending}
                      onClick={() => setActive(product, !product.is_active)}
                    >
                      {product.is_active ? (
                        <IconArchive size={16} aria-hidden />
                      ) : (
                        <IconArchiveOff size={16} aria-hidden />
                      )}
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t('products.delete', { name: product.name })}
                      onClick={() => setDoomed(product)}
                    >
                      <IconTrash size={16} aria-hidden />
                    </ActionIcon>
                  </>
                )
              : undefined
          }
          empty={
            asked ? (
              <EmptyState
                icon={IconPackage}
                title={t('products.nothing_found')}
                text={t('products.nothing_found_text')}
              >
                <Button variant="default" onClick={() => onParams({})}>
                  {t('common.filter.clear')}
                </Button>
              </EmptyState>
            ) : (
              <EmptyState icon={IconPackage} title={t('products.none')} text={t('products.none_text')}>
                {add}
              </EmptyState>
            )
          }
        />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          className={classes.more}
          loading={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {t('common.more')}
        </Button>
      )}
      {mayManage && (opened === 'new' || edited) && (
        <ProductDrawer key={opened} product={opened === 'new' ? undefined : edited} onClose={close} />
      )}
      <ConfirmDialog
        opened={doomed !== undefined}
        title={t('products.delete_title', { name: doomed?.name })}
        text={t('products.delete_text')}
        confirm={t('products.delete_confirm')}
        onClose={() => setDoomed(undefined)}
        onConfirm={() =>
          doomed &&
          remove.mutate(doomed.id, {
            onSuccess: () => showNote(t('products.deleted', { name: doomed.name })),
            onError: refuse,
          })
        }
      />
    </Page>
  );
}
