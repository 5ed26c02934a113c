import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '@/test/render';
import { DecisionTrace } from './DecisionTrace';

const words = (tr: string) => ({ tr, en: '' });

it('tells the rules in their order, each with the people of its pool', () => {
  const considered = [
    { user_id: 1, name: 'Ayşe', is_free: false, said: words('İzinde.') },
    { user_id: 2, name: 'Mehmet', is_free: true, said: words('Sırası geldi.') },
  ];
  show(
    <DecisionTrace
      steps={[
        { rule: 'İhracat', outcome: 'not_met', said: words('Ölçüt tutmuyor.'), considered: [] },
        { rule: 'Herkes', outcome: 'chosen', said: words('Mehmet seçildi.'), considered },
      ]}
    />,
  );
  expect(screen.getByText('Ölçüt tutmuyor.')).toBeInTheDocument();
  const pool = screen.getByText('2 kişiye bakıldı').closest('details') as HTMLElement;
  expect(within(pool).getByText('İzinde.')).toBeInTheDocument();
  expect(screen.getAllByText(/kişiye bakıldı/)).toHaveLength(1);
});
