import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useAllCommands, useCommands } from './registry';

it('gives all that is offered under one name one heading, what is open before what is general', () => {
  const command = (id: string) => ({ id, label: id, run: () => {} });
  const { result, unmount } = renderHook(() => {
    useCommands('Application', [command('theme')], { general: true });
    useCommands('Ayşe', [command('star')]);
    useCommands('Ayşe', [command('edit')]);
    return useAllCommands();
  });
  const said = () => result.current.map(({ name, commands }) => [name, commands.map(({ id }) => id)]);
  expect(said()).toEqual([
    ['Ayşe', ['edit', 'star']],
    ['Application', ['theme']],
  ]);
  unmount();
  expect(renderHook(() => useAllCommands()).result.current).toEqual([]);
});
