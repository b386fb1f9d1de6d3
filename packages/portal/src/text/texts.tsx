import type { ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { useLanguage } from './language.ts';

/** Texts of the chosen language for what is inside; another language builds it anew, as some texts are kept beside components. */
export function Texts({ children }: { children: ReactNode }): ReactNode {
  const { language, texts } = useLanguage();
  return (
    <IntlProvider key={language} locale={language} messages={texts}>
      {children}
    </IntlProvider>
  );
}
