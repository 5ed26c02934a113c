import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { show } from '@/test/render';
import { serve } from '@/test/server';
import { BantPanel } from './components/BantPanel';

const path = '/api/v1/crm/leads/7';
const blank = { evidence_kind: null, evidence: '', at: null, age_days: null, by_id: null, by_name: null };
const bant = {
  answers: [
    {
      question: 'budget',
      strength: 'weak',
      evidence_kind: 'call',
      evidence: 'Sordu.',
      at: '2025-01-01T09:00:00Z',
      age_days: 200,
      by_id: 1,
      by_name: 'Ayşe',
    },
    { question: 'authority', strength: 'unknown', ...blank },
    { question: 'need', strength: 'unknown', ...blank },
    { question: 'timeline', strength: 'unknown', ...blank },
  ],
  score: 1,
  max_score: 8,
  gate: 4,
  is_enough: false,
};

it('keeps what was typed when the server refuses it, and says why', async () => {
  const sent = serve({
    [`GET ${path}/bant/`]: { body: bant },
    [`PUT ${path}/bant/`]: { status: 422, body: { errors: { 'budget.evidence': ['Çok uzun.'] } } },
  });
  show(<BantPanel id={7} readOnly={false} />);
  await userEvent.click(await screen.findByRole('button', { name: /Sordu/ }));
  const text = screen.getByRole('textbox', { name: 'Ne söylendi, nerede?' });
  await userEvent.type(text, ' Yine sordu.');
  await userEvent.click(screen.getByRole('button', { name: 'Kaydet' }));
  expect(await screen.findByText('Çok uzun.')).toBeInTheDocument();
  expect(text).toHaveValue('Sordu. Yine sordu.');
  expect(sent.find(({ method }) => method === 'PUT')?.body).toEqual({
    budget: { strength: 'weak', evidence_kind: 'call', evidence: 'Sordu. Yine sordu.' },
  });
});

it('leaves the evidence where only the strength changes, and drops it where nothing is known', async () => {
  const sent = serve({
    [`GET ${path}/bant/`]: { body: bant },
    [`PUT ${path}/bant/`]: { body: { id: 7 } },
  });
  show(<BantPanel id={7} readOnly={false} />);
  const budget = await screen.findByRole('radiogroup', { name: 'Bütçe' });
  await userEvent.click(budget.querySelector('input[value=strong]') as HTMLElement);
  await userEvent.click(budget.querySelector('input[value=unknown]') as HTMLElement);
  expect(sent.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
    { budget: { strength: 'strong', evidence_kind: 'call', evidence: 'Sordu.' } },
    { budget: { strength: 'unknown' } },
  ]);
});

it('only shows to whom may not write', async () => {
  serve({ [`GET ${path}/bant/`]: { body: bant } });
  show(<BantPanel id={7} readOnly />);
  expect(await screen.findByText('Sordu.')).toBeInTheDocument();
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
  for (const radio of screen.getAllByRole('radio')) expect(radio).toBeDisabled();
});
