import '@testing-library/jest-dom/vitest';
import { notifications } from '@mantine/notifications';
import { cleanup } from '@testing-library/react';
import { afterEach, beforeAll, vi } from 'vitest';
import { speak } from '@/app/i18n';

// What jsdom lacks and Mantine or the virtual list ask for.
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal('ResizeObserver', NoObserver);
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
}));
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
Element.prototype.scrollTo = () => {};
Element.prototype.scrollIntoView = () => {};

beforeAll(() => speak('tr'));
afterEach(() => {
  notifications.clean();
  cleanup();
});
