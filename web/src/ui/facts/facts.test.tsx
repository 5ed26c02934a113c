import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/error';
import { show } from '@/test/render';
import { FactList } from './FactList';
import type { Fact } from './fact';

const email: Fact = { name: 'primary_email', label: 'E-posta', kind: 'email', value: 'a@b.co' };

function list(facts: Fact[], onSave = vi.fn(async (_name: string, _value: unknown): Promise<unknown> => undefined)) {
  show(<FactList groups={[{ name: 'g', label: 'Grup', facts }]} onSave={onSave} />);
  return onSave;
}

const open = (label: string) => userEvent.click(screen.getByTitle(`${label} alanını düzenle`));

describe('editing in place', () => {
  it('saves with Enter and gives the focus back', async () => {
    const onSave = list([email]);
    await open('E-posta');
    const input = screen.getByRole('textbox', { name: 'E-posta' });
    expect(input).toHaveFocus();
    await userEvent.clear(input);
    await userEvent.type(input, 'c@d.co{Enter}');
    expect(onSave).toHaveBeenCalledExactlyOnceWith('primary_email', 'c@d.co');
    await waitFor(() => expect(screen.getByTitle('E-posta alanını düzenle')).toHaveFocus());
  });

  it('saves on leaving', async () => {
    const onSave = list([email]);
    await open('E-posta');
    await userEvent.type(screen.getByRole('textbox'), 'm');
    await userEvent.tab();
    expect(onSave).toHaveBeenCalledExactlyOnceWith('primary_email', 'a@b.com');
  });

  it('leaves it as it was with Escape, and saves nothing that did not change', async () => {
    const onSave = list([email]);
    await open('E-posta');
    await userEvent.type(screen.getByRole('textbox'), 'xyz{Escape}');
    await open('E-posta');
    await userEvent.type(screen.getByRole('textbox'), '{Enter}');
    await open('E-posta');
    await userEvent.tab();
    expect(onSave).not.toHaveBeenCalled();
    expect(screen.getByText('a@b.co')).toBeInTheDocument();
  });

  it('shows a refusal at the field and keeps what was typed', async () => {
    const refusal = new ApiError(422, { errors: { primary_email: ['Geçerli bir adres yazın.'] } });
    list([email], vi.fn().mockRejectedValue(refusal));
    await open('E-posta');
    await userEvent.type(screen.getByRole('textbox'), '!{Enter}');
    expect(await screen.findByText('Geçerli bir adres yazın.')).toBeInTheDocument();
    expect(screen.getByRole('textbox')).toHaveValue('a@b.co!');
    expect(screen.getByRole('textbox')).toBeInvalid();
  });

  it('says something also when the refusal is not about the field', async () => {
    list([email], vi.fn().mockRejectedValue(new ApiError(0)));
    await open('E-posta');
    await userEvent.type(screen.getByRole('textbox'), 'm{Enter}');
    expect(await screen.findByText(/Sunucuya ulaşılamıyor/)).toBeInTheDocument();
  });

  it('empties money to nothing and text to emptiness', async () => {
    const onSave = list([
      { name: 'annual_revenue', label: 'Ciro', kind: 'money', value: '10.00', currency: 'TRY' },
      { name: 'title', label: 'Unvan', kind: 'text', value: 'Dr.' },
    ]);
    await open('Ciro');
    await userEvent.clear(screen.getByRole('textbox'));
    await userEvent.keyboard('{Enter}');
    expect(onSave).toHaveBeenLastCalledWith('annual_revenue', null);
    await open('Unvan');
    await userEvent.clear(screen.getByRole('textbox'));
    await userEvent.keyboard('{Enter}');
    expect(onSave).toHaveBeenLastCalledWith('title', '');
  });

  it('keeps money a decimal string', async () => {
    const onSave = list([{ name: 'annual_revenue', label: 'Ciro', kind: 'money', value: '1000.00', currency: 'TRY' }]);
    await open('Ciro');
    await userEvent.clear(screen.getByRole('textbox'));
    await userEvent.type(screen.getByRole('textbox'), '12345,67{Enter}');
    expect(onSave).toHaveBeenCalledExactlyOnceWith('annual_revenue', '12345.67');
  });

  it('saves a choice at once', async () => {
    const onSave = list([
      {
        name: 'gender',
        label: 'Cinsiyet',
        kind: 'choice',
        value: 'F',
        choices: [
          { value: 'F', label: 'Kadın' },
          { value: 'M', label: 'Erkek' },
        ],
      },
    ]);
    expect(screen.getByText('Kadın')).toBeInTheDocument();
    await open('Cinsiyet');
    await userEvent.click(await screen.findByRole('option', { name: 'Erkek' }));
    expect(onSave).toHaveBeenCalledExactlyOnceWith('gender', 'M');
  });
});

describe('folding', () => {
  it('hides empty facts until asked', async () => {
    list([email, { name: 'website', label: 'Web', kind: 'url', value: '' }]);
    expect(screen.queryByText('Web')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: '1 boş alanı göster' }));
    expect(screen.getByRole('button', { name: 'Web ekle' })).toBeInTheDocument();
  });

  it('counts neither no nor nought as empty', () => {
    list([
      { name: 'is_active', label: 'Etkin', kind: 'yes-no', value: false },
      { name: 'n', label: 'Sayı', kind: 'number', value: 0 },
    ]);
    expect(screen.getByText('Hayır')).toBeInTheDocument();
    expect(screen.getByText('0')).toBeInTheDocument();
  });
});

it('offers no editing to those who may not', () => {
  show(<FactList groups={[{ name: 'g', label: 'Grup', facts: [email] }]} onSave={vi.fn()} readOnly />);
  expect(screen.getByText('a@b.co')).toBeInTheDocument();
  expect(screen.queryByRole('button')).toBeNull();
});
