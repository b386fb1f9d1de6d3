import type { SearchEntityName } from '../generated/search.ts';
import { entityNamed, fieldNamed, searchEntity, type SearchField, type SearchOperator } from './language.ts';
import { canonicalValue } from './values.ts';

/** Bounds of a query: characters, conditions, and how deep its parentheses go. */
export const searchLimits = { length: 4096, conditions: 100, depth: 20, page: 1_000_000_000 } as const;

/** Why a query makes no sense. The first eleven are names of the contract. Source: engine behaviour, search back end. */
export type SearchErrorCode =
  | 'INVALID_SEARCH_OBJECT'
  | 'COLON_NOT_NEXT_TO_SEARCH_OBJECT'
  | 'INVALID_CONDITION_FILED'
  | 'INVALID_CONDITION_RELATION'
  | 'INVALID_CONDITION_VALUE'
  | 'INVALID_SORT_FIELD'
  | 'INVALID_POST_OR_AND_PHRASE'
  | 'INVALID_POST_CONDITION_VALUE_PHRASE'
  | 'NOTHING_COMES_AFTER_PAGE_VALUE'
  | 'INVALID_PAGE_FEILD'
  | 'INVALID_CHARECTER'
  | 'TOO_LONG'
  | 'TOO_MANY_CONDITIONS'
  | 'UNBALANCED_PARENTHESES';

/** A query that makes no sense, and which part of its text it is: from `from` (counted from 0) up to before `to`. */
export class SearchError extends Error {
  readonly code: SearchErrorCode;
  readonly from: number;
  readonly to: number;
  constructor(code: SearchErrorCode, message: string, from: number, to: number) {
    super(message);
    this.name = 'SearchError';
    this.code = code;
    this.from = from;
    this.to = Math.max(from, to);
  }
}

export type SearchCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly SearchCondition[] }
  /** A field of the searched kind, or of one that it refers to. */
  | {
      readonly kind: 'compare';
      readonly entity: SearchEntityName;
      readonly field: SearchField;
      readonly operator: SearchOperator;
      readonly value: string;
    }
  /** Text that some field of the kind contains; `negated`: none does. */
  | { readonly kind: 'text'; readonly entity: SearchEntityName; readonly value: string; readonly negated: boolean };

export interface SearchQuery {
  readonly entity: SearchEntityName;
  readonly condition: SearchCondition | null;
  readonly sort: { readonly field: SearchField; readonly descending: boolean } | null;
  /** From 1. */
  readonly page: number | null;
}

const operators: readonly SearchOperator[] = ['!=', '<=', '>=', '=', '<', '>'];
const keywords: ReadonlySet<string> = new Set(['and', 'or', 'sortby', 'page']);

class Parser {
  readonly #text: string;
  readonly #entity: SearchEntityName;
  #at: number;
  #conditions = 0;
  #depth = 0;

  constructor(text: string, entity: SearchEntityName, at: number) {
    this.#text = text;
    this.#entity = entity;
    this.#at = at;
  }

  query(): SearchQuery {
    const condition = this.#all(() => this.#either());
    let sort: SearchQuery['sort'] = null;
    if (this.#takeWord('sortby')) sort = this.#sort();
    let page: number | null = null;
    if (this.#takeWord('page')) page = this.#page();
    this.#skip();
    if (this.#at < this.#text.length) {
      if (page !== null) throw this.#error('NOTHING_COMES_AFTER_PAGE_VALUE', 'Nothing may stand after the number of the page.');
      if (this.#text[this.#at] === ')') throw this.#error('UNBALANCED_PARENTHESES', 'There is no parenthesis that this one closes.');
      throw this.#error('INVALID_POST_CONDITION_VALUE_PHRASE', 'This cannot stand after the order.');
    }
    return { entity: this.#entity, condition, sort, page };
  }

  #error(code: SearchErrorCode, message: string, from = this.#at, to = this.#text.length): SearchError {
    return new SearchError(code, message, from, to);
  }

  #skip(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  /** What a pattern finds right here; it must be sticky. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #peekWord(): string | undefined {
    this.#skip();
    return this.#match(/[^\s=<>!()"]+/y);
  }

  #takeWord(word: string): boolean {
    const found = this.#peekWord();
    if (found?.toLowerCase() !== word) return false;
    this.#at += found.length;
    return true;
  }

  /** Whether a condition can begin here. */
  #more(): boolean {
    this.#skip();
    if (this.#at >= this.#text.length || this.#text[this.#at] === ')') return false;
    return !keywords.has(this.#peekWord()?.toLowerCase() ?? '');
  }

  /** What stands side by side: all of it must hold. It binds least. */
  #all(part: () => SearchCondition): SearchCondition | null {
    const of: SearchCondition[] = [];
    const begun = this.#at;
    while (this.#more()) of.push(part());
    const word = this.#peekWord()?.toLowerCase();
    if (word === 'and' || word === 'or') {
      throw this.#error('INVALID_POST_OR_AND_PHRASE', `“${word}” needs a condition on both sides.`, this.#at, this.#at + word.length);
    }
    if (of.length === 0) {
      if (this.#depth > 0) throw this.#error('UNBALANCED_PARENTHESES', 'There is nothing between the parentheses.', begun);
      return null;
    }
    return of.length === 1 ? (of[0] ?? null) : { kind: 'all', of };
  }

  #either(): SearchCondition {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#item()));
  }

  #joined(kind: 'all' | 'any', word: string, part: () => SearchCondition): SearchCondition {
    const of = [part()];
    while (this.#takeWord(word)) {
      if (!this.#more()) throw this.#error('INVALID_POST_OR_AND_PHRASE', `A condition must follow “${word}”.`);
      of.push(part());
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind, of };
  }

  #item(): SearchCondition {
    this.#skip();
    this.#conditions += 1;
    if (this.#conditions > searchLimits.conditions)
      throw this.#error('TOO_MANY_CONDITIONS', `A query may have ${searchLimits.conditions} conditions.`);
    if (this.#text[this.#at] === '(') return this.#group();
    const from = this.#at;
    const word = this.#match(/[^\s=<>!()"]+/y) ?? '';
    this.#at += word.length;
    this.#skip();
    const operator = operators.find((one) => this.#text.startsWith(one, this.#at));
    if (operator === undefined) {
      this.#at = from;
      return { kind: 'text', entity: this.#entity, value: this.#value(), negated: false };
    }
    const operatorAt = this.#at;
    this.#at += operator.length;
    if (word === '') throw this.#error('INVALID_CONDITION_FILED', `There is no field before “${operator}”.`, operatorAt, this.#at);
    this.#skip();
    const valueAt = this.#at;
    const value = this.#value();
    return this.#comparison(word, operator, value, { from, operatorAt, valueAt, to: this.#at });
  }

  #comparison(
    word: string,
    operator: SearchOperator,
    value: string,
    place: { from: number; operatorAt: number; valueAt: number; to: number },
  ): SearchCondition {
    const { references } = searchEntity(this.#entity);
    const dot = word.indexOf('.');
    const own = fieldNamed(this.#entity, word);
    let entity = this.#entity;
    let field = own;
    if (own === undefined && dot > 0) {
      const related = entityNamed(word.slice(0, dot), [...references, this.#entity]);
      if (related !== undefined) {
        entity = related.name;
        field = fieldNamed(entity, word.slice(dot + 1));
        if (field === undefined) {
          const text = `${related.singular} has no field “${word.slice(dot + 1)}”.`;
          throw this.#error('INVALID_CONDITION_FILED', text, place.from + dot + 1, place.from + word.length);
        }
      }
    }
    if (field !== undefined) {
      if (!field.operators.includes(operator)) {
        const text =
          field.operators.length === 0
            ? `“${field.name}” cannot be compared.`
            : `“${field.name}” is compared with ${field.operators.join(' ')}.`;
        throw this.#error('INVALID_CONDITION_RELATION', text, place.operatorAt, place.operatorAt + operator.length);
      }
      const canonical = canonicalValue(field, value);
      if (canonical === null)
        throw this.#error('INVALID_CONDITION_VALUE', `“${value}” is no value of “${field.name}”.`, place.valueAt, place.to);
      return { kind: 'compare', entity, field, operator, value: canonical };
    }
    const related = entityNamed(word, references);
    if (related !== undefined) {
      if (operator !== '=' && operator !== '!=') {
        throw this.#error(
          'INVALID_CONDITION_RELATION',
          `“${word}” is compared with = and !=.`,
          place.operatorAt,
          place.operatorAt + operator.length,
        );
      }
      return { kind: 'text', entity: related.name, value, negated: operator === '!=' };
    }
    // What is no field is text that is looked for as it stands, its operator and value included.
    return { kind: 'text', entity: this.#entity, value: this.#text.slice(place.from, place.to), negated: false };
  }

  #group(): SearchCondition {
    const from = this.#at;
    this.#depth += 1;
    if (this.#depth > searchLimits.depth) throw this.#error('TOO_MANY_CONDITIONS', `Parentheses may go ${searchLimits.depth} deep.`);
    this.#at += 1;
    const inner = this.#all(() => this.#either());
    this.#skip();
    if (inner === null || this.#text[this.#at] !== ')')
      throw this.#error('UNBALANCED_PARENTHESES', 'This parenthesis is not closed.', from, from + 1);
    this.#at += 1;
    this.#depth -= 1;
    return inner;
  }

  /** A value: what stands between double quotes, or all up to a blank. */
  #value(): string {
    const from = this.#at;
    if (this.#text[this.#at] === '"') {
      const end = this.#text.indexOf('"', this.#at + 1);
      if (end < 0) throw this.#error('INVALID_CONDITION_VALUE', 'The quotation mark is not closed.', from);
      this.#at = end + 1;
      return this.#text.slice(from + 1, end);
    }
    const found = this.#match(this.#depth > 0 ? /[^\s)]+/y : /\S+/y);
    if (found === undefined) throw this.#error('INVALID_CONDITION_VALUE', 'There is no value.', from);
    this.#at += found.length;
    if (found.endsWith('\\')) throw this.#error('INVALID_CHARECTER', 'A value may not end with a backslash.', from, this.#at);
    return found;
  }

  #sort(): SearchQuery['sort'] {
    const name = this.#peekWord();
    const field = name === undefined ? undefined : fieldNamed(this.#entity, name);
    if (name === undefined || field === undefined) {
      throw this.#error('INVALID_SORT_FIELD', name === undefined ? 'There is no field to sort by.' : `There is no field “${name}”.`);
    }
    this.#at += name.length;
    if (this.#takeWord('desc')) return { field, descending: true };
    this.#takeWord('asc');
    return { field, descending: false };
  }

  #page(): number {
    const word = this.#peekWord() ?? '';
    const page = /^\d{1,10}$/.test(word) ? Number(word) : 0;
    if (page < 1 || page > searchLimits.page) throw this.#error('INVALID_PAGE_FEILD', 'A page is a number from 1.');
    this.#at += word.length;
    return page;
  }
}

/**
 * Parses what is searched for among objects of one kind: `[conditions] [sortby FIELD [asc|desc]] [page N]`.
 * @throws {SearchError} when it makes no sense
 */
export function parseSearch(entity: SearchEntityName, text: string, at = 0): SearchQuery {
  if (text.length > searchLimits.length)
    throw new SearchError('TOO_LONG', `A query may have ${searchLimits.length} characters.`, searchLimits.length, text.length);
  // oxlint-disable-next-line no-control-regex -- it is looked for since no text of a database can hold it
  const bad = /[';\u0000]/.exec(text);
  if (bad !== null) throw new SearchError('INVALID_CHARECTER', 'Apostrophes and semicolons are not allowed.', bad.index, bad.index + 1);
  return new Parser(text, entity, at).query();
}

/** Parses a whole query, which begins with the kind of objects and a colon: `Vms: name=web*`. @throws {SearchError} */
export function parseQuery(text: string): SearchQuery {
  const head = /^\s*([A-Za-z_]*)\s*/.exec(text);
  const word = head?.[1] ?? '';
  const entity = entityNamed(word);
  if (entity?.completed === undefined)
    throw new SearchError('INVALID_SEARCH_OBJECT', `“${word}” is nothing that can be searched.`, 0, Math.max(1, word.length));
  const at = head?.[0].length ?? 0;
  if (text[at] !== ':') throw new SearchError('COLON_NOT_NEXT_TO_SEARCH_OBJECT', `A colon must follow “${word}”.`, at, at + 1);
  return parseSearch(entity.name, text, at + 1);
}
