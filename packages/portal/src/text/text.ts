import { useCallback } from 'react';
import { useIntl } from 'react-intl';
import { currentWord } from './current.ts';
import type { TextKey } from './en.ts';

export type TextValues = Record<string, string | number>;
export type Text = (key: TextKey, values?: TextValues) => string;

/** Looks texts up in the catalogue of the user's language. */
export function useText(): Text {
  const intl = useIntl();
  return useCallback((key, values) => intl.formatMessage({ id: key }, values), [intl]);
}

/** `powering_up` → `Powering up`: for values of the contract's enums, whose words are the field's; other languages have words for the usual ones. */
export function words(value: string | undefined): string {
  if (value === undefined || value === '') return '—';
  const own = currentWord(value);
  if (own !== undefined) return own;
  const text = value.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
