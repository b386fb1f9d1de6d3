import { createClient } from '@virgate/sdk';
import { currentLanguage } from '../text/current.ts';

/** The engine that this page came from; the session cookie goes along by itself. */
export const client = createClient({
  /** Faults are told in the language that the page has at that moment. */
  get locale() {
    return currentLanguage();
  },
});
