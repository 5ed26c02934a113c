import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '@/test/render';
import { serve } from '@/test/server';
import { ScorePanel } from './components/ScorePanel';

const said = (tr: string) => ({ tr, en: '' });
const rule = {
  rule_id: 1,
  kind: 'engagement',
  name: 'Arama',
  points: 20,
  half_life_days: 30,
  touches: 2,
  points_left_hundredths: 3194,
};

const score = (changes: object) => ({
  lead_score: 32,
  score_source: 'rules',
  fit_score: 0,
  engagement_score: 32,
  rules: [rule],
  win_probability: null,
  model: null,
  ...changes,
});

const rowsOf = (list: HTMLElement) =>
  within(list)
    .getAllByRole('listitem')
    .map((row) => row.textContent);

it('tells what is left of the points of a rule', async () => {
  serve({ 'GET /api/v1/crm/leads/7/score/': { body: score({}) } });
  show(<ScorePanel id={7} />);
  expect(await screen.findByText('Puanı kurallar verdi')).toBeInTheDocument();
  expect(screen.getByText(/40 puandan 31,9 kaldı/)).toBeInTheDocument();
  expect(rowsOf(screen.getByRole('list')).at(-1)).toBe('Toplam32');
});

it('leaves rules out that gave nothing', async () => {
  serve({
    'GET /api/v1/crm/leads/7/score/': {
      body: score({ lead_score: 0, engagement_score: 0, rules: [{ ...rule, touches: 0, points_left_hundredths: 0 }] }),
    },
  });
  show(<ScorePanel id={7} />);
  expect(await screen.findByText('Hiçbir kural puan vermedi.')).toBeInTheDocument();
  expect(screen.queryByText('Arama')).not.toBeInTheDocument();
});

it('explains the model by contributions that sum up, with the rules beside it', async () => {
  const contributions = [
    { field: 'source', label: said('Kaynak'), value: said('Referans'), log_odds: 1.25 },
    { field: 'city', label: said('İl'), value: said('Ankara'), log_odds: 0.001 },
    { field: 'budget', label: said('Bütçe'), value: null, log_odds: -1.75 },
  ];
  const model = { model_version: 3, base: 0.5, contributions, log_odds: 0, probability: 0.5 };
  serve({
    'GET /api/v1/crm/leads/7/score/': {
      body: score({ lead_score: 50, score_source: 'model', win_probability: 5000, model }),
    },
  });
  show(<ScorePanel id={7} />);
  expect(await screen.findByText('Puanı model verdi, 3. sürüm · kazanma olasılığı %50')).toBeInTheDocument();
  const [first] = screen.getAllByRole('list', { name: 'Puan neden böyle' });
  expect(rowsOf(first as HTMLElement)).toEqual([
    'Ortalama aday+0,50',
    'Bütçe-1,75Görme yetkiniz yok',
    'Kaynak+1,25Referans',
    'Toplam (olasılık %50)0,00',
  ]);
  expect(screen.getByText('Etkisi olmayanlar: İl')).toBeInTheDocument();
  expect(screen.getByText('Kurallara göre 32 puan')).toBeInTheDocument();
});
