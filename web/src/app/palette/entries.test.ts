import { expect, it } from 'vitest';
import { fitOf, fitting } from './entries';

const command = (label: string, words?: string) => ({ id: label, label, words, run: () => {} });

it('finds a command by the beginning of its label, of any of its words, in any spelling', () => {
  expect(fitOf(command('İçe aktarma'), 'ICE')).toBe(2);
  expect(fitOf(command('İçe aktarma'), 'akt ice')).toBe(1);
  expect(fitOf(command('Koyu temaya geç', 'Tema'), 'tema')).toBe(1);
  expect(fitOf(command('Koyu temaya geç'), 'oyu')).toBe(0);
});

it('puts groups with a command that is surely meant apart, and leaves out those without any', () => {
  const groups = [
    { name: 'Ekranlar', commands: [command('Müşteriler'), command('İşlem geçmişi')] },
    { name: 'Eylemler', commands: [command('Yeni müşteri'), command('Çıkış yap')] },
    { name: 'Seçim', commands: [command('Etiketle')] },
  ];
  const { meant, others } = fitting(groups, 'müş');
  expect(meant.map(({ name }) => name)).toEqual(['Ekranlar']);
  expect(others.map(({ name, commands }) => [name, commands.length])).toEqual([['Eylemler', 1]]);
});
