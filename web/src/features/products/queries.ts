import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/client';
import { cursorOf } from '@/api/query';
import type { ExchangeRateList, Product, ProductList } from '@/api/types';

const productsKey = ['products'];
const ratesKey = ['exchange-rates'];

/** The catalogue by name, in pages. */
export function productsQuery(search: string, isActive: boolean | undefined) {
  return infiniteQueryOptions({
    queryKey: [...productsKey, 'list', search, isActive],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { search: search || undefined, is_active: isActive, cursor: pageParam, page_size: 50 };
      return (await http.GET('/api/v1/crm/products/', { params: { query }, signal })).data as ProductList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before) => before,
  });
}

/** One product, for who comes to its form by a link. */
export function productQuery(id: number) {
  return queryOptions({
    queryKey: [...productsKey, id],
    queryFn: async ({ signal }) =>
      (await http.GET('/api/v1/crm/products/{id}/', { params: { path: { id } }, signal })).data as Product,
  });
}

/** What the server takes of a product. */
export interface WrittenProduct {
  code?: string;
  name?: string;
  series?: string;
  price?: string;
  currency?: string;
  is_active?: boolean;
}

/** Adds a product, or changes the one of this id. */
export function useSaveProduct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: WrittenProduct & { id?: number }) => {
      const { data } =
        id === undefined
          ? await http.POST('/api/v1/crm/products/', { body })
          : await http.PATCH('/api/v1/crm/products/{id}/', { params: { path: { id } }, body });
      return data as Product;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: productsKey }),
  });
}

/** Deletes a product that no opportunity names. */
export function useDeleteProduct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => http.DELETE('/api/v1/crm/products/{id}/', { params: { path: { id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: productsKey }),
  });
}

/** The rates, the newest first; of one currency, or of all. */
export function ratesQuery(currency: string) {
  return infiniteQueryOptions({
    queryKey: [...ratesKey, currency],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { currency: currency || undefined, cursor: pageParam, page_size: 50 };
      return (await http.GET('/api/v1/crm/exchange-rates/', { params: { query }, signal })).data as ExchangeRateList;
    },
    getNextPageParam: (last) => cursorOf(last.next),
    placeholderData: (before) => before,
  });
}

/** A rate about to be set; one of the same day is replaced. */
export interface WrittenRate {
  currency: string;
  date: string;
  rate: string;
  source: string;
}

/** Sets a rate. */
export function useSetRate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ currency, date, ...body }: WrittenRate) => {
      const params = { path: { currency, date } };
      return (await http.PUT('/api/v1/crm/exchange-rates/{currency}/{date}/', { params, body })).data;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ratesKey }),
  });
}
