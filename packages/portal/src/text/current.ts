import type { Values } from './catalogue.ts';
import type { Language } from './languages.ts';

/** The language that the page is shown in, for what is told outside of components: numbers, dates, values and requests. */
let current: { readonly language: Language; readonly values: Values } = { language: 'en', values: {} };

export function setCurrent(language: Language, values: Values): void {
  current = { language, values };
}

export const currentLanguage = (): Language => current.language;

/** The word of the language for a value of an enumeration; undefined when it has none. */
export const currentWord = (value: string): string | undefined =>
  Object.hasOwn(current.values, value) ? current.values[value] : undefined;
