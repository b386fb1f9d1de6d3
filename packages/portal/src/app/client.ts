import { createClient } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import { currentLanguage } from '../text/current.ts';
import { askingAgain } from './asking.ts';
import { guarding, noting } from './entity-tags.ts';

const clientWith = (send: typeof fetch): Client =>
  createClient({
    /** Faults are told in the language that the page has at that moment. */
    get locale() {
      return currentLanguage();
    },
    fetch: send,
  });

/** The engine that this page came from; the session cookie goes along by itself. */
export const client = clientWith(noting(askingAgain((input, init) => fetch(input, init))));

/** The same, whose changes of one object are refused with 412 when somebody has changed it since its tag was told. */
export function guardedClient(id: string, tag: string): Client {
  return clientWith(guarding((input, init) => fetch(input, init), id, tag));
}
