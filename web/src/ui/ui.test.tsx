import { IconUsers } from '@tabler/icons-react';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/error';
import { show } from '@/test/render';
import { serve } from '@/test/server';
import { ConflictDialog } from './ConflictDialog';
import { EmptyState } from './EmptyState';
import { ErrorState } from './ErrorState';
import { SearchBox } from './SearchBox';
import { byDay } from './timeline/days';
import { Timeline } from './timeline/Timeline';
import { showUndo } from './toasts';

describe('search', () => {
  it('tells once the fingers rest, and empties with Escape', async () => {
    const onChange = vi.fn();
    show(<SearchBox label="Ara" value="" onChange={onChange} delay={600} />);
    await userEvent.keyboard('/');
    const box = screen.getByRole('searchbox', { name: 'Ara' });
    expect(box).toHaveFocus();
    await userEvent.type(box, 'ışık ');
    await waitFor(() => expect(onChange).toHaveBeenCalledExactlyOnceWith('ışık'), { timeout: 5000 });
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(onChange).toHaveBeenLastCalledWith(''), { timeout: 5000 });
    expect(box).toHaveValue('');
  });

  it('follows what comes from elsewhere without losing what is typed', async () => {
    let setOutside: (value: string) => void = () => {};
    function Page() {
      const [value, setValue] = useState('a');
      setOutside = setValue;
      return <SearchBox label="Ara" value={value} onChange={setValue} delay={20} />;
    }
    show(<Page />);
    const box = screen.getByRole('searchbox');
    await userEvent.type(box, 'bc');
    await waitFor(() => expect(box).toHaveValue('abc'));
    act(() => setOutside(''));
    expect(box).toHaveValue('');
  });
});

describe('timeline', () => {
  const entry = (id: number, at: string) => ({ id, at, icon: IconUsers, title: `olay ${id}` });

  it('groups by the days of Istanbul', () => {
    const days = byDay([
      entry(3, '2024-05-02T08:00:00Z'),
      entry(2, '2024-05-01T21:30:00Z'),
      entry(1, '2024-05-01T20:00:00Z'),
    ]);
    expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
      ['2024-05-02', 2],
      ['2024-05-01', 1],
    ]);
  });

  it('names days, chooses kinds, loads more', async () => {
    const onKind = vi.fn();
    const onMore = vi.fn();
    show(
      <Timeline
        entries={[entry(2, new Date().toISOString()), entry(1, '2024-05-01T10:00:00Z')]}
        kinds={[{ value: 'address', label: 'Adresler' }]}
        kind=""
        onKind={onKind}
        hasMore
        isLoading={false}
        onMore={onMore}
      />,
    );
    expect(screen.getByRole('heading', { name: 'Bugün' })).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: '1 Mayıs 2024 Çarşamba' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Tümü' })).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(screen.getByRole('button', { name: 'Adresler' }));
    expect(onKind).toHaveBeenCalledWith('address');
    await userEvent.click(screen.getByRole('button', { name: 'Daha fazla göster' }));
    expect(onMore).toHaveBeenCalledOnce();
  });
});

describe('undo', () => {
  it('undoes the operation and says so', async () => {
    const log = serve({
      'POST /api/v1/crm/operations/12/undo/': {
        body: { operation_id: 13, state: 'done', undone: 1, refused_count: 0, refused: [] },
      },
    });
    show(<div />);
    act(() => showUndo('Kaydedildi.', '12'));
    await userEvent.click(await screen.findByRole('button', { name: 'Geri al' }));
    expect(await screen.findByText('Geri alındı.')).toBeInTheDocument();
    expect(log.map((sent) => sent.path)).toEqual(['/api/v1/crm/operations/12/undo/']);
  });

  it('tells what could not be undone', async () => {
    const refused = [{ subject_type: 'customer', subject_id: 1, field: 'city', reason: 'Sonradan değişti.' }];
    serve({
      'POST /api/v1/crm/operations/14/undo/': {
        body: { operation_id: 15, state: 'done', undone: 0, refused_count: 1, refused },
      },
    });
    show(<div />);
    act(() => showUndo('Silindi.', '14'));
    await userEvent.click(await screen.findByRole('button', { name: 'Geri al' }));
    expect(await screen.findByText('Tamamı geri alınamadı: Sonradan değişti.')).toBeInTheDocument();
  });

  it('offers nothing where nothing can be undone', async () => {
    show(<div />);
    act(() => showUndo('Bitti.', undefined));
    expect(await screen.findByText('Bitti.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Geri al' })).toBeNull();
  });
});

describe('states', () => {
  it('show the number under which the log knows the failure', async () => {
    const retry = vi.fn();
    show(<ErrorState error={new ApiError(500, { request_id: 'req-9' })} onRetry={retry} />);
    expect(screen.getByRole('alert')).toHaveTextContent('req-9');
    await userEvent.click(screen.getByRole('button', { name: 'Yeniden dene' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('say that there is nothing', () => {
    show(<EmptyState icon={IconUsers} title="Boş" text="Henüz yok." />);
    expect(screen.getByRole('heading', { name: 'Boş' })).toBeInTheDocument();
  });
});

it('asks field by field whose version is to stay', async () => {
  const onResolve = vi.fn();
  show(
    <ConflictDialog
      conflicts={{
        industry: { yours: 'Tekstil', theirs: 'Gıda', original: 'Kimya' },
        website: { yours: 'a.com', theirs: 'b.com', original: '' },
      }}
      fields={new Map()}
      onResolve={onResolve}
      onClose={vi.fn()}
    />,
  );
  expect(await screen.findByText('Önceki değer: Kimya')).toBeInTheDocument();
  expect(screen.getByText('Önceki değer: —')).toBeInTheDocument();
  await userEvent.click(await screen.findByRole('radio', { name: 'Onunki: b.com' }));
  await userEvent.click(screen.getByRole('button', { name: 'Seçilenleri kaydet' }));
  expect(onResolve).toHaveBeenCalledExactlyOnceWith({ industry: 'Tekstil' });
});
