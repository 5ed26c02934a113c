import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { type RenderResult, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { createQueryClient } from '@/api/query';
import { cssVariablesResolver, theme } from '@/app/theme';

/** Renders a piece of the application inside what every piece may rely on. */
export function show(piece: ReactElement, client = createQueryClient()): RenderResult {
  return render(piece, {
    wrapper: ({ children }) => (
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
        <QueryClientProvider client={client}>
          <Notifications />
          {children}
        </QueryClientProvider>
      </MantineProvider>
    ),
  });
}
