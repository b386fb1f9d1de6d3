import '@patternfly/react-core/dist/styles/base.css';
import './app/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { IntlProvider } from 'react-intl';
import { App } from './app/app.tsx';
import { queryClient } from './app/query-client.ts';
import { loadSession } from './session/session.ts';
import { en } from './text/en.ts';
import { startTheme } from './theme/theme.ts';

startTheme();
void loadSession();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <IntlProvider locale="en" messages={en}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </IntlProvider>
  </StrictMode>,
);
