import { act, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useDraft } from './use-draft';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('a draft', () => {
  it('is there again after a reload, and only under its name', () => {
    const { result, unmount } = renderHook(() => useDraft('note.1'));
    act(() => result.current[1]('yarın ara'));
    unmount();
    expect(renderHook(() => useDraft('note.1')).result.current[0]).toBe('yarın ara');
    expect(renderHook(() => useDraft('note.2')).result.current[0]).toBe('');
  });

  it('leaves nothing behind once emptied', () => {
    const { result } = renderHook(() => useDraft('note.1'));
    act(() => result.current[1]('a'));
    act(() => result.current[1](''));
    expect(localStorage.length).toBe(0);
  });

  it('is typed also where the browser keeps nothing', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const { result } = renderHook(() => useDraft('note.1'));
    act(() => result.current[1]('a'));
    expect(result.current[0]).toBe('a');
  });
});
