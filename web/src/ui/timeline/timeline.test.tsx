import { IconUsers } from '@tabler/icons-react';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { show } from '@/test/render';
import { folded } from './folded';
import { Timeline } from './Timeline';

const quiet = (id: number, isQuiet = true) => ({
  id,
  isQuiet,
  at: '2026-05-01T10:00:00Z',
  icon: IconUsers,
  title: `olay ${id}`,
});

describe('quiet entries', () => {
  it('are folded from three in a row on, and never across what somebody did', () => {
    const ids = (entries: ReturnType<typeof quiet>[]) =>
      folded(entries).map((one) => (Array.isArray(one) ? one.map(({ id }) => id) : one.id));
    expect(ids([quiet(1), quiet(2)])).toEqual([1, 2]);
    expect(ids([quiet(1), quiet(2), quiet(3)])).toEqual([[1, 2, 3]]);
    expect(ids([quiet(1), quiet(2), quiet(3, false), quiet(4), quiet(5), quiet(6)])).toEqual([1, 2, 3, [4, 5, 6]]);
    expect(ids([])).toEqual([]);
  });

  it('are shown when asked for', async () => {
    const nothing = vi.fn();
    show(
      <Timeline
        entries={[quiet(1), quiet(2), quiet(3), quiet(4, false)]}
        kinds={[]}
        kind=""
        onKind={nothing}
        hasMore={false}
        isLoading={false}
        onMore={nothing}
      />,
    );
    expect(screen.getByText('olay 4')).toBeInTheDocument();
    expect(screen.queryByText('olay 1')).toBeNull();
    const button = screen.getByRole('button', { name: '3 sistem kaydı' });
    await userEvent.click(button);
    expect(button).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByText('olay 1')).toBeInTheDocument();
    expect(nothing).not.toHaveBeenCalled();
  });
});
