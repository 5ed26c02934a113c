import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { show } from '@/test/render';
import { movedTo } from './order';
import { SortableList } from './SortableList';

function Fruits({ onOrder }: { onOrder?: (order: string[]) => void }) {
  const [items, setItems] = useState(['elma', 'armut', 'ayva']);
  return (
    <SortableList
      label="Meyveler"
      items={items}
      idOf={(item) => item}
      nameOf={(item) => item}
      onOrder={
        onOrder &&
        ((order) => {
          setItems(order);
          onOrder(order);
        })
      }
    >
      {(item) => <button type="button">{item}</button>}
    </SortableList>
  );
}

const order = () => screen.getAllByRole('listitem').map((line) => within(line).getAllByRole('button')[0]?.textContent);

it('moves a thing within a list, and nothing out of it', () => {
  expect(movedTo(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(movedTo(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  const same = ['a', 'b'];
  expect(movedTo(same, 0, -1)).toBe(same);
  expect(movedTo(same, 1, 2)).toBe(same);
  expect(movedTo(same, 5, 0)).toBe(same);
});

it('is ordered by its arrows and by Alt with an arrow key, and says so', async () => {
  const onOrder = vi.fn();
  show(<Fruits onOrder={onOrder} />);
  await userEvent.click(screen.getByRole('button', { name: 'ayva: yukarı al' }));
  expect(order()).toEqual(['elma', 'ayva', 'armut']);
  expect(screen.getByText('ayva: 3 satırda 2. sırada')).toBeInTheDocument();

  screen.getByRole('button', { name: 'ayva' }).focus();
  await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(order()).toEqual(['ayva', 'elma', 'armut']);
  expect(onOrder).toHaveBeenCalledTimes(2);

  // It is at the top already: nothing is told.
  await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
  await userEvent.click(screen.getByRole('button', { name: 'ayva: yukarı al' }));
  await userEvent.keyboard('{ArrowDown}');
  expect(onOrder).toHaveBeenCalledTimes(2);
});

it('tells the order of a drag once it is let go, and forgets one that is given up', () => {
  const onOrder = vi.fn();
  show(<Fruits onOrder={onOrder} />);
  const dataTransfer = { setData() {}, setDragImage() {}, effectAllowed: '' };
  const lines = () => screen.getAllByRole('listitem');
  const grip = () => lines()[0]?.querySelector('[draggable]') as HTMLElement;

  fireEvent.dragStart(grip(), { dataTransfer });
  fireEvent.dragOver(lines()[2] as HTMLElement);
  expect(order()).toEqual(['armut', 'ayva', 'elma']);
  expect(onOrder).not.toHaveBeenCalled();
  fireEvent.dragEnd(lines()[2]?.querySelector('[draggable]') as HTMLElement);
  expect(order()).toEqual(['elma', 'armut', 'ayva']);

  fireEvent.dragStart(grip(), { dataTransfer });
  fireEvent.dragOver(lines()[1] as HTMLElement);
  fireEvent.drop(lines()[1] as HTMLElement);
  expect(order()).toEqual(['armut', 'elma', 'ayva']);
  expect(onOrder).toHaveBeenCalledExactlyOnceWith(['armut', 'elma', 'ayva']);
});

it('has neither grips nor arrows where nothing may be ordered', () => {
  show(<Fruits />);
  expect(screen.getAllByRole('button')).toHaveLength(3);
});
