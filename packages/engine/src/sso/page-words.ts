import type { FastifyRequest } from 'fastify';
import { cookieOf } from '../access/authenticate.ts';
import { catalogueFor } from '../rest/languages/language.ts';
import { sentenceOf, tell, type Sentence } from '../rest/sentence.ts';

/** Language of a page of the engine, and its texts in that language. */
export interface PageWords {
  /** Tag as in RFC 5646. */
  readonly language: string;
  /** An English sentence that is in the catalogues, in the page's language. */
  readonly tell: (sentence: string | Sentence) => string;
}

/** Cookie in which the portal keeps the language that was chosen there, for pages that come before it is known who signs in. */
const languageCookie = 'virgate-language';

/** The language that was chosen in the portal, else that of the browser. */
export async function wordsFor(request: FastifyRequest): Promise<PageWords> {
  const chosen = cookieOf(request, languageCookie);
  const catalogue = await catalogueFor(chosen ?? request.headers['accept-language']);
  return { language: catalogue?.language ?? 'en', tell: (sentence) => tell([sentenceOf(sentence)], catalogue) };
}
