import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { ApiError } from '@/api/error';
import { show } from '@/test/render';
import { CriteriaField, type CriteriaSaid, criteriaDraft } from './CriteriaField';
import { type Criteria, everything } from './criteria';
import type { FilterField } from './filter';

const fields: FilterField[] = [
  { name: 'industry', label: 'Sektör', kind: 'text', operators: ['contains', 'is_set'], choices: [] },
];
const said: CriteriaSaid = { sentence: { tr: 'sektör gıda içeriyor', en: '' }, count: 1200, count_is_capped: false };

function Form({
  value = everything,
  empty,
  answer,
  asked = [],
}: {
  value?: Criteria;
  empty?: string;
  answer: () => Promise<CriteriaSaid>;
  asked?: Criteria[];
}) {
  const [draft, setDraft] = useState(() => criteriaDraft(value, fields));
  return (
    <>
      <CriteriaField
        label="Kimler"
        empty={empty}
        fields={fields}
        value={draft}
        onChange={setDraft}
        ask={(criteria, enabled) => ({
          queryKey: ['said', criteria] as unknown[],
          enabled,
          retry: false,
          queryFn: () => {
            asked.push(criteria);
            return answer();
          },
        })}
        counted={(_count, number) => `${number} kayıt`}
      />
      <output>{JSON.stringify(draft.criteria ?? 'incomplete')}</output>
    </>
  );
}

it('says what the conditions say, once they are complete', async () => {
  const asked: Criteria[] = [];
  show(<Form answer={async () => said} asked={asked} />);
  expect(screen.getByText('Koşulları tamamlayın; burada ne dedikleri yazar.')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('combobox', { name: 'Alan' }));
  await userEvent.click(screen.getByRole('option', { name: 'Sektör' }));
  expect(screen.getByRole('status')).toHaveTextContent('incomplete');
  await userEvent.type(screen.getByRole('textbox', { name: 'Değer' }), 'gıda');
  expect(await screen.findByText('sektör gıda içeriyor')).toBeInTheDocument();
  expect(screen.getByText('1.200 kayıt')).toBeInTheDocument();
  const meant = { all: [{ field: 'industry', op: 'contains', value: 'gıda' }] };
  expect(screen.getByRole('status')).toHaveTextContent(JSON.stringify(meant));
  // What was half written is no question.
  expect(asked).toEqual([meant]);
});

it('means everything while nothing is written, where that is allowed', async () => {
  show(<Form empty="Tüm adaylar" answer={async () => ({ ...said, count: 7 })} />);
  expect(await screen.findByText('7 kayıt')).toBeInTheDocument();
  expect(screen.getByText('Tüm adaylar')).toBeInTheDocument();
  expect(screen.getByRole('status')).toHaveTextContent('{"all":[]}');
});

it('shows what the server finds wrong at the condition it is about', async () => {
  const value = { all: [{ field: 'industry', op: 'contains', value: 'x' }] };
  const refuse = () => Promise.reject(new ApiError(422, { errors: { 'criteria.all[0].value': ['Çok kısa.'] } }));
  show(<Form value={value} answer={refuse} />);
  expect(await screen.findByText('Çok kısa.')).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole('combobox', { name: 'Alan' })).toHaveAttribute('aria-invalid', 'true'));
});
