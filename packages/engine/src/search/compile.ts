import { sql, type RawBuilder } from 'kysely';

/** Searchable fields of a kind of object: the name in a query → SQL. */
export type SearchFields = Record<string, { column: RawBuilder<unknown>; kind: 'text' | 'number' | 'date' | 'boolean' }>;

/** A compiled query: condition, order and page. */
export interface SearchPlan {
  condition: RawBuilder<boolean> | null;
  order: RawBuilder<unknown> | null;
  page: number;
}

/** Longest query text and most terms in it. */
const maxLength = 4096;
const maxTerms = 100;

const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*")|(!=|>=|<=|=|<|>)|([()])|([^\s=<>!()"]+))/y;

function tokens(text: string): string[] | null {
  const found: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    if (text.slice(tokenPattern.lastIndex).trim() === '') break;
    const match = tokenPattern.exec(text);
    if (!match) return null;
    found.push((match[1] ?? match[2] ?? match[3] ?? match[4]) as string);
  }
  return found;
}

const unquoted = (token: string): string => (token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token);
const operators = new Set(['=', '!=', '<', '>', '<=', '>=']);

function pattern(value: string): string {
  return value.replace(/[\\%_]/g, (sign) => `\\${sign}`).replaceAll('*', '%');
}

/** One comparison; null when the field is unknown or the value makes no sense for it. */
function compare(fields: SearchFields, name: string, operator: string, value: string): RawBuilder<boolean> | null {
  const field = fields[name.toLowerCase()];
  if (!field) return null;
  const operation = sql.raw(operator === '!=' ? '<>' : operator);
  switch (field.kind) {
    case 'text':
      if (operator === '=' || operator === '!=') {
        const like = sql<boolean>`${field.column}::text ilike ${pattern(value)}`;
        return operator === '=' ? like : sql<boolean>`not coalesce(${like}, false)`;
      }
      return sql<boolean>`${field.column}::text ${operation} ${value}`;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value) ? sql<boolean>`${field.column} ${operation} ${value}::numeric` : null;
    case 'date':
      return Number.isNaN(Date.parse(value)) ? null : sql<boolean>`${field.column} ${operation} ${new Date(value)}`;
    case 'boolean':
      return /^(true|false)$/i.test(value) ? sql<boolean>`${field.column} ${operation} ${value.toLowerCase() === 'true'}` : null;
  }
}

const nothing = sql<boolean>`false`;

/** Recursive descent over `or`, `and`, parentheses and comparisons; words without a field are looked for in the name. */
class Parser {
  readonly #tokens: string[];
  readonly #fields: SearchFields;
  #at = 0;
  constructor(list: string[], fields: SearchFields) {
    this.#tokens = list;
    this.#fields = fields;
  }
  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }
  #peek(): string | undefined {
    return this.#tokens[this.#at]?.toLowerCase();
  }

  either(): RawBuilder<boolean> | null {
    let left = this.#both();
    while (left && this.#peek() === 'or') {
      this.#at += 1;
      const right = this.#both();
      if (!right) return null;
      left = sql<boolean>`(${left} or ${right})`;
    }
    return left;
  }

  #both(): RawBuilder<boolean> | null {
    let left = this.#term();
    while (left && this.#peek() !== undefined && this.#peek() !== 'or' && this.#peek() !== ')') {
      if (this.#peek() === 'and') this.#at += 1;
      const right = this.#term();
      if (!right) return null;
      left = sql<boolean>`(${left} and ${right})`;
    }
    return left;
  }

  #term(): RawBuilder<boolean> | null {
    const token = this.#tokens[this.#at];
    if (token === undefined) return null;
    if (token === '(') {
      this.#at += 1;
      const inner = this.either();
      if (this.#tokens[this.#at] !== ')') return null;
      this.#at += 1;
      return inner;
    }
    const operator = this.#tokens[this.#at + 1];
    if (operator !== undefined && operators.has(operator)) {
      const value = this.#tokens[this.#at + 2];
      if (value === undefined) return null;
      this.#at += 3;
      return compare(this.#fields, token.split('.').at(-1) ?? token, operator, unquoted(value));
    }
    this.#at += 1;
    return compare(this.#fields, 'name', '=', `*${unquoted(token)}*`);
  }
}

/**
 * Compiles the text of `search` for one kind of object. A query that makes no sense finds nothing, as clients of the REST
 * contract are used to; it is never an error and never reaches SQL as text.
 */
export function compileSearch(text: string, fields: SearchFields): SearchPlan {
  const none: SearchPlan = { condition: nothing, order: null, page: 1 };
  if (text.length > maxLength) return none;
  const pageMatch = /\s*\bpage\s+(\d{1,9})\s*$/i.exec(text);
  const withoutPage = pageMatch ? text.slice(0, pageMatch.index) : text;
  const sortMatch = /\s*\bsortby\s+([\w.]+)(?:\s+(asc|desc))?\s*$/i.exec(withoutPage);
  const query = (sortMatch ? withoutPage.slice(0, sortMatch.index) : withoutPage).trim();
  const sortField = sortMatch ? fields[(sortMatch[1] ?? '').split('.').at(-1)?.toLowerCase() ?? ''] : undefined;
  if (sortMatch && !sortField) return none;
  const order = sortField ? sql`${sortField.column} ${sql.raw(sortMatch?.[2]?.toLowerCase() === 'desc' ? 'desc' : 'asc')}` : null;
  const page = Math.max(1, Number(pageMatch?.[1] ?? 1));
  if (query === '' || query === '*') return { condition: null, order, page };
  const list = tokens(query);
  if (!list || list.length > maxTerms * 4) return none;
  const parser = new Parser(list, fields);
  const condition = parser.either();
  return { condition: condition && parser.done ? condition : nothing, order, page };
}
