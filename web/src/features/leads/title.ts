import type { Lead } from '@/api/types';

/** What a lead is called: one without a person as its company. */
export const titleOf = ({ name, company }: Pick<Lead, 'name' | 'company'>) => name || company;
