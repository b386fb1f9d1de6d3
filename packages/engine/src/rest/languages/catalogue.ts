import type { Message } from '../messages.ts';

/** Sentences of faults in a language. */
export interface Catalogue {
  /** Tag as in RFC 5646. */
  readonly language: string;
  /** What ends a sentence. */
  readonly stop: string;
  /** What begins the fault of an action, with its end and the space after it: place `$action`. */
  readonly frame: string;
  /** Words for `$action` by the English ones, such as `run`: place `$type`. */
  readonly actions: Readonly<Record<string, string>>;
  /** Words for what is acted on by the English ones, such as `VM`. */
  readonly types: Readonly<Record<string, string>>;
  /** By message key, with the places of the English sentence (`$name`) and without the stop at the end. */
  readonly messages: Readonly<Record<Message, string>>;
  /** By the English sentence itself, which tells what is left out; its places have numbers (`{0}`). */
  readonly sentences: Readonly<Record<string, string>>;
}
