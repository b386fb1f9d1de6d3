import { useSyncExternalStore } from 'react';
import type { Catalogue } from './catalogue.ts';
import { setCurrent } from './current.ts';
import { en } from './en.ts';
import { isLanguage, languageFor, wordsOf } from './languages.ts';
import type { Language } from './languages.ts';

/** A language of the user's own choice, or that of the browser. */
export type LanguageChoice = Language | 'browser';

/** What is shown; texts that a language lacks are English. */
export interface ShownLanguage {
  readonly choice: LanguageChoice;
  readonly language: Language;
  readonly texts: Catalogue;
}

const storageKey = 'virgate.language';
/** The engine's own pages for signing in go by it: they come before it is known whose choice counts. */
const cookieName = 'virgate-language';
const cookieSeconds = 365 * 86_400;
const listeners = new Set<() => void>();
let shown: ShownLanguage = { choice: stored(), language: 'en', texts: en };

function stored(): LanguageChoice {
  try {
    const value = localStorage.getItem(storageKey);
    return isLanguage(value) ? value : 'browser';
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
    return 'browser';
  }
}

function tellEngine(choice: LanguageChoice): void {
  const kept = choice === 'browser' ? '; Max-Age=0' : `${choice}; Max-Age=${cookieSeconds}`;
  document.cookie = `${cookieName}=${kept}; Path=/ovirt-engine/sso; Secure; SameSite=Lax`;
}

async function show(choice: LanguageChoice): Promise<void> {
  const language = choice === 'browser' ? languageFor(navigator.languages) : choice;
  const words = language === 'en' ? undefined : await wordsOf[language]();
  shown = { choice, language, texts: { ...en, ...words?.texts } };
  setCurrent(language, words?.values ?? {});
  document.documentElement.lang = language;
  tellEngine(choice);
  for (const listener of listeners) listener();
}

/** Loads the language of the last choice, or of the browser. When it cannot be loaded, the page is English. */
export const startLanguage = (): Promise<void> => show(shown.choice).catch(() => show('en'));

/** Shows another language and remembers it in this browser. @throws TypeError when its texts cannot be fetched */
export async function setLanguage(choice: LanguageChoice): Promise<void> {
  await show(choice);
  try {
    if (choice === 'browser') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // As above.
  }
}

export function useLanguage(): ShownLanguage {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}

export const shownLanguage = (): ShownLanguage => shown;
