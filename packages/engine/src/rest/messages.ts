import { messagesByStatus, type EngineMessage } from '@virgate/contract/generated/messages';
import type { Catalogue } from './languages/catalogue.ts';
import { own, said } from './languages/en.ts';

export type OwnMessage = keyof typeof own;
/** Messages that can be said: those that have a sentence. */
export type Message = keyof typeof said | OwnMessage;
/** Own messages whose faults have this status. */
export type OwnMessageOfStatus<Status> = { [Key in OwnMessage]: (typeof own)[Key][0] extends Status ? Key : never }[OwnMessage];

const statuses: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(messagesByStatus).flatMap(([status, keys]) => keys.map((key): [string, number] => [key, Number(status)])),
  ...Object.entries(own).map(([key, [status]]): [string, number] => [key, status]),
]);

/** The status of a fault with this message. Source: types of the contract's messages; what has none is a bad request. */
export const statusOfMessage = (key: EngineMessage | OwnMessage): number => statuses.get(key) ?? 400;

const texts: ReadonlyMap<string, string> = new Map<string, string>([
  ...Object.entries(said),
  ...Object.entries(own).map(([key, [, text]]): [string, string] => [key, text]),
]);

/**
 * The English sentence of a message key with its places, without the stop at its end. A key that has none, as a job of another version
 * may have kept it, is told by its words.
 */
export const englishOf = (key: string): string => texts.get(key) ?? key.charAt(0) + key.slice(1).replaceAll('_', ' ').toLowerCase();

const wordIn = (words: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined;

/** "Cannot run VM. ": what an action's fault begins with, in a language; null is English. */
export function frameOf(action: string, type: string | undefined, catalogue: Catalogue | null): string {
  const ownAction = catalogue === null ? undefined : wordIn(catalogue.actions, action);
  const ownType = catalogue === null ? undefined : wordIn(catalogue.types, type ?? '');
  if (catalogue === null || ownAction === undefined || ownType === undefined) return `Cannot ${action}${type ? ` ${type}` : ''}. `;
  const frame = catalogue.frame.replace('$action', () => ownAction.replace('$type', () => ownType));
  return frame.charAt(0).toUpperCase() + frame.slice(1);
}

/** The sentence of a key in a language, or the English one where the language lacks it, with its places. */
const sentenceOf = (key: string, catalogue: Catalogue | null): string =>
  (catalogue === null ? undefined : wordIn(catalogue.messages, key)) ?? englishOf(key);

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');

/**
 * The text of a message key.
 * @param key a key of the contract's message table
 * @param values what stands for `$name` in the text; `VAR_ACTION` and `VAR_TYPE` make the frame "Cannot run VM."
 * @param catalogue the language; null is English, and so is each sentence that the language lacks
 */
export function messageText(key: string, values: Readonly<Record<string, string>> = {}, catalogue: Catalogue | null = null): string {
  if (catalogue !== null && wordIn(catalogue.messages, key) === undefined) return messageText(key, values);
  const body = filled(sentenceOf(key, catalogue), values);
  const frame = values['VAR_ACTION'] ? frameOf(values['VAR_ACTION'], values['VAR_TYPE'], catalogue) : '';
  return /[.:。：]$/.test(body) ? `${frame}${body}` : `${frame}${body}${catalogue?.stop ?? '.'}`;
}

/** The text of a message that is one reason among others: without a frame and a stop. Values that it has no place for follow in brackets. */
export function reasonText(key: string, values: Readonly<Record<string, string>> = {}, catalogue: Catalogue | null = null): string {
  const text = sentenceOf(key, catalogue);
  const others = Object.entries(values).flatMap(([name, value]) => (text.includes(`$${name}`) || value === '' ? [] : [value]));
  return `${filled(text, values)}${others.length > 0 ? ` (${others.join(', ')})` : ''}`;
}
