import { ApiError } from '@/api/error';
import type { FactGroup } from '@/ui/facts/FactList';
import type { FilterField } from '@/ui/filters/filter';

/** A record that means nothing. */
export interface Sample {
  id: number;
  name: string;
  city: string;
  amount: string;
}

const cities = ['İzmir', 'Şanlıurfa', 'Çanakkale', 'Iğdır', 'Ağrı'];

/** As many records as one likes. */
export function samples(count: number): Sample[] {
  return Array.from({ length: count }, (_, place) => ({
    id: place + 1,
    name: `${place % 7 === 3 ? 'Uzun adıyla bilinen ve hiçbir sütuna sığmayan' : 'Örnek'} ${place + 1}`,
    city: cities[place % cities.length] as string,
    amount: `${(place * 98_765) % 1_000_000}.50`,
  }));
}

/** A refusal that names fields. */
export const refusal = new ApiError(422, {
  title: 'Geçersiz',
  detail: 'Bazı alanlar geçersiz.',
  errors: { name: ['Bu ad zaten var.'], base: ['Formun tümü için bir söz.'] },
});

/** A failure that the server's log knows. */
export const failure = new ApiError(500, { detail: 'Sunucuda bir hata oldu.', request_id: '01K-ÖRNEK' });

const cityChoices = cities.map((city) => ({ value: city, label: city }));

/** Fields of each kind that a filter can be built on. */
export const filterFields: FilterField[] = [
  { name: 'name', label: 'Ad', kind: 'text', operators: ['contains', 'eq', 'is_set'], choices: [] },
  { name: 'city', label: 'İl', kind: 'choice', operators: ['in', 'eq', 'is_set'], choices: cityChoices },
  { name: 'amount', label: 'Tutar', kind: 'money', operators: ['gte', 'lte', 'between'], choices: [] },
  { name: 'at', label: 'Tarih', kind: 'date', operators: ['gte', 'lte', 'between', 'in_last'], choices: [] },
  { name: 'is_active', label: 'Etkin', kind: 'boolean', operators: ['eq'], choices: [] },
];

/** Facts of each kind, two of them empty, one that cannot be changed. */
export const factGroups: FactGroup[] = [
  {
    name: 'all',
    label: 'Bilgiler',
    facts: [
      { name: 'text', label: 'Metin', kind: 'text', value: 'Örnek' },
      { name: 'long', label: 'Uzun metin', kind: 'long-text', value: 'Birinci satır\nİkinci satır' },
      { name: 'choice', label: 'Seçim', kind: 'choice', value: 'İzmir', choices: cityChoices },
      { name: 'choices', label: 'Çoklu seçim', kind: 'choices', value: ['İzmir', 'Ağrı'], choices: cityChoices },
      { name: 'tags', label: 'Etiketler', kind: 'tags', value: ['sadık', 'yeni'] },
      { name: 'date', label: 'Tarih', kind: 'date', value: '2026-05-19' },
      { name: 'money', label: 'Tutar', kind: 'money', value: '1250000.50', currency: 'TRY' },
      { name: 'number', label: 'Sayı', kind: 'number', value: '42' },
      { name: 'yes', label: 'Evet / hayır', kind: 'yes-no', value: true },
      { name: 'email', label: 'E-posta', kind: 'email', value: 'ad@ornek.example' },
      { name: 'phone', label: 'Telefon', kind: 'phone', value: '+905321234567' },
      { name: 'url', label: 'Bağlantı', kind: 'url', value: 'https://ornek.example' },
      { name: 'fixed', label: 'Değişmeyen', kind: 'text', value: 'K-00001', readOnly: true },
      { name: 'empty', label: 'Boş', kind: 'text', value: '' },
      { name: 'empty-date', label: 'Boş tarih', kind: 'date', value: null },
    ],
  },
];
