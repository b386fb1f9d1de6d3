import '@patternfly/react-core/dist/styles/base.css';
import './app/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { queryClient } from './app/query-client.ts';
import { loadSession } from './session/session.ts';
import { startLanguage } from './text/language.ts';
import { Texts } from './text/texts.tsx';
import { startTheme } from './theme/theme.ts';

startTheme();
void loadSession();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Texts>
        <App />
      </Texts>
    </QueryClientProvider>
  </StrictMode>,
);
