import type { SearchEntityName } from '../generated/search.ts';
import { entityNamed, fieldNamed, searchableEntities, searchEntity, type SearchField } from './language.ts';
import { searchLimits } from './parse.ts';
import { dateWords } from './values.ts';

export type SuggestionKind = 'entity' | 'field' | 'reference' | 'operator' | 'value' | 'keyword';
export interface Suggestion {
  readonly text: string;
  readonly kind: SuggestionKind;
}
/** What may stand next: each suggestion replaces the text from `from` on. */
export interface Completion {
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

const operatorPattern = /^(?:!=|<=|>=|=|<|>)$/;
const tokenPattern = /"[^"]*"?|!=|<=|>=|=|<|>|[()]|[^\s=<>!()"]+|!/g;

interface Token {
  text: string;
  at: number;
}

const as = (kind: SuggestionKind, texts: readonly string[]): Suggestion[] => texts.map((text) => ({ text, kind }));
const fieldsOf = (entity: SearchEntityName): Suggestion[] =>
  as(
    'field',
    searchEntity(entity)
      .fields.filter((field) => field.hidden !== true)
      .map(({ name }) => name),
  );
const referencesOf = (entity: SearchEntityName): Suggestion[] =>
  as(
    'reference',
    searchEntity(entity).completedReferences.map((name) => {
      const { completed, singular } = searchEntity(name);
      return completed ?? singular;
    }),
  );

function valuesOf(field: SearchField | undefined, now: Date): Suggestion[] {
  if (field?.values !== undefined) return as('value', field.values);
  return field?.kind === 'date' ? as('value', dateWords(now)) : [];
}

/** The field that a word means: its own, or `Related.field`. */
function meant(entity: SearchEntityName, word: string): SearchField | undefined {
  const own = fieldNamed(entity, word);
  const dot = word.indexOf('.');
  if (own !== undefined || dot < 0) return own;
  const related = entityNamed(word.slice(0, dot), searchEntity(entity).references);
  return related === undefined ? undefined : fieldNamed(related.name, word.slice(dot + 1));
}

/** What may come after the last of some whole tokens. */
function next(entity: SearchEntityName, tokens: readonly Token[], now: Date): Suggestion[] {
  const words = tokens.map(({ text }) => text);
  const last = words.at(-1)?.toLowerCase();
  const before = words.at(-2);
  const sort = words.findLastIndex((word) => word.toLowerCase() === 'sortby');
  const items = [...fieldsOf(entity), ...referencesOf(entity)];
  if (last === undefined) return [...items, ...as('keyword', ['sortby', 'page'])];
  if (last === 'page' || before?.toLowerCase() === 'page') return [];
  if (sort >= 0) {
    if (sort === words.length - 1) return fieldsOf(entity);
    return as('keyword', sort === words.length - 2 ? ['asc', 'desc', 'page'] : ['page']);
  }
  if (last === 'and' || last === 'or' || last === '(') return items;
  if (operatorPattern.test(last)) return valuesOf(before === undefined ? undefined : meant(entity, before), now);
  if (!operatorPattern.test(before ?? '')) {
    const field = meant(entity, last);
    if (field !== undefined) return as('operator', field.operators);
    if (entityNamed(last, searchEntity(entity).references) !== undefined) return as('operator', ['.', '=', '!=']);
  }
  return [...as('keyword', ['and', 'or', 'sortby', 'page']), ...items];
}

/**
 * What may stand at the end of the beginning of a query.
 * @param text the body of a query of `entity`, or a whole query with its kind and colon when `entity` is null
 * @param now for the names of the last days
 */
export function completeSearch(entity: SearchEntityName | null, text: string, now: Date): Completion {
  if (text.length > searchLimits.length) return { from: text.length, suggestions: [] };
  let body = 0;
  let kind = entity;
  if (kind === null) {
    const head = /^\s*([A-Za-z_]*)\s*(:?)/.exec(text);
    const word = head?.[1] ?? '';
    const named = entityNamed(word);
    if (head?.[2] !== ':' || named === undefined) {
      const from = text.length - word.length;
      const found = searchableEntities().map(({ completed }) => `${completed}:`);
      return {
        from,
        suggestions: as(
          'entity',
          found.filter((one) => one.toLowerCase().startsWith(word.toLowerCase())),
        ),
      };
    }
    kind = named.name;
    body = head[0].length;
  }
  const tokens: Token[] = [...text.slice(body).matchAll(tokenPattern)].map((match) => ({ text: match[0], at: match.index + body }));
  const last = tokens.at(-1);
  const open =
    last !== undefined && last.at + last.text.length === text.length && !operatorPattern.test(last.text) && !/^[()]$/.test(last.text);
  if (!open || (last.text.startsWith('"') && last.text.length > 1 && last.text.endsWith('"'))) {
    return { from: text.length, suggestions: next(kind, tokens, now) };
  }
  const partial = last.text;
  const dot = partial.indexOf('.');
  const related = dot < 0 ? undefined : entityNamed(partial.slice(0, dot), searchEntity(kind).references);
  const isValue = operatorPattern.test(tokens.at(-2)?.text ?? '');
  if (related !== undefined && !isValue) {
    const rest = partial.slice(dot + 1).toLowerCase();
    return { from: last.at + dot + 1, suggestions: fieldsOf(related.name).filter((one) => one.text.startsWith(rest)) };
  }
  const wanted = partial.toLowerCase();
  const suggestions = next(kind, tokens.slice(0, -1), now).filter((one) => one.text.toLowerCase().startsWith(wanted));
  // A word that is whole already: what comes after it.
  if (suggestions.length === 1 && suggestions[0]?.text.toLowerCase() === wanted && !isValue) {
    return { from: text.length, suggestions: next(kind, tokens, now) };
  }
  return { from: last.at, suggestions };
}
