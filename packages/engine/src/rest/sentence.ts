import type { Catalogue } from './languages/catalogue.ts';
import { frameOf, messageText, reasonText } from './messages.ts';

/**
 * A sentence that can be told in several languages: that of a message key, the same as one reason among others, or an English one whose
 * places have numbers (`must be between {0} and {1}`), or that something cannot be done (`Cannot run VM`).
 */
export type Sentence =
  | { readonly message: string; readonly values: Readonly<Record<string, string>> }
  | { readonly reason: string; readonly values: Readonly<Record<string, string>> }
  | { readonly text: string; readonly values: readonly string[] }
  | { readonly action: string; readonly type: string };

/** What a fault says: sentences, and between them what is the same in every language. */
export type Detail = readonly (string | Sentence)[];

/** An English sentence with its values, for faults: ``say`must be between ${least} and ${most}` ``. */
export const say = (parts: TemplateStringsArray, ...values: readonly (string | number | bigint | undefined)[]): Sentence => ({
  text: parts.reduce((text, part, at) => `${text}{${at - 1}}${part}`),
  values: values.map(String),
});

/** A text that has no places, as a sentence. */
export const sentenceOf = (text: string | Sentence): Sentence => (typeof text === 'string' ? { text, values: [] } : text);

function told(sentence: string | Sentence, catalogue: Catalogue | null): string {
  if (typeof sentence === 'string') return sentence;
  if ('message' in sentence) return messageText(sentence.message, sentence.values, catalogue);
  if ('reason' in sentence) return reasonText(sentence.reason, sentence.values, catalogue);
  if ('action' in sentence) return frameOf(sentence.action, sentence.type, catalogue).replace(/[.。]\s*$/, '');
  const { text, values } = sentence;
  const own = catalogue !== null && Object.hasOwn(catalogue.sentences, text) ? catalogue.sentences[text] : undefined;
  return (own ?? text).replace(/\{(\d+)\}/g, (_, place: string) => values[Number(place)] ?? '');
}

/** What a fault says, in a language; null is English. */
export const tell = (detail: Detail, catalogue: Catalogue | null = null): string => detail.map((one) => told(one, catalogue)).join('');

const isSentence = (value: unknown): value is Sentence => {
  if (typeof value !== 'object' || value === null) return false;
  const { message, reason, text, action, type, values } = value as Record<string, unknown>;
  if (typeof action === 'string') return typeof type === 'string';
  if (typeof values !== 'object' || values === null || !Object.values(values).every((one) => typeof one === 'string')) return false;
  return typeof message === 'string' || typeof reason === 'string' || (typeof text === 'string' && Array.isArray(values));
};

/** What a fault said, as it was stored; undefined when it is something else. */
export const detailOf = (stored: unknown): Detail | undefined =>
  Array.isArray(stored) && stored.every((one) => typeof one === 'string' || isSentence(one)) ? stored : undefined;
