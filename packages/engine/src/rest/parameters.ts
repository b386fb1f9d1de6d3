import { Fault } from './fault.ts';

const yes = new Set(['t', 'true', 'y', 'yes', '1']);
const no = new Set(['f', 'false', 'n', 'no', '0']);

/**
 * Parameters of a request: query first, then matrix parameters of the last path segment, then (for `filter` and
 * `all_content` only) headers. Source: REST contract, parameters.
 */
export class Parameters {
  readonly #query: URLSearchParams;
  readonly #matrix: Map<string, string>;
  readonly #headers: Record<string, string | string[] | undefined>;

  constructor(query: URLSearchParams, matrix: Map<string, string>, headers: Record<string, string | string[] | undefined>) {
    this.#query = query;
    this.#matrix = matrix;
    this.#headers = headers;
  }

  /** The same with others besides, which come before them. */
  with(others: Readonly<Record<string, string>>): Parameters {
    const query = new URLSearchParams(this.#query);
    for (const [name, value] of Object.entries(others)) query.set(name, value);
    return new Parameters(query, this.#matrix, this.#headers);
  }

  /** The text of a parameter; undefined when missing. */
  text(name: string): string | undefined {
    const header = name === 'filter' ? 'filter' : name === 'all_content' ? 'all-content' : undefined;
    const value = this.#query.get(name) ?? this.#matrix.get(name) ?? (header ? this.#headers[header] : undefined);
    return Array.isArray(value) ? value[0] : (value ?? undefined);
  }

  /** A boolean; `whenEmpty` is what `;name` without a value means; a value that is no boolean counts as missing. */
  flag(name: string, whenMissing = false, whenEmpty = true): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return whenMissing;
    if (value === '') return whenEmpty;
    return yes.has(value) ? true : no.has(value) ? false : whenMissing;
  }

  /** A whole number; a value that is none counts as missing. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    return value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  }

  /** What `detail` asks for in addition: chunks `+name` or `name`, as a parameter or in the Accept header. Source: REST contract, detail. */
  details(): ReadonlySet<string> {
    return new Set(this.#chunks().flatMap((chunk) => (chunk.startsWith('-') ? [] : [chunk.replace(/^\+/, '')])));
  }

  /** Whether the objects themselves are wanted: not with `detail=-main`, which leaves what was asked for beside them. */
  wantsMain(): boolean {
    return !this.#chunks().includes('-main');
  }

  #chunks(): string[] {
    const accept = this.#headers['accept'];
    const inAccept = /;\s*detail=([^;,]+)/i.exec(typeof accept === 'string' ? accept : '')?.[1];
    const text = (this.text('detail') ?? inAccept ?? '').toLowerCase();
    return text.split(/[\s,;]+|(?=[+-])/).filter((chunk) => chunk !== '');
  }

  /** `max`: how many entities a list may have; undefined without a limit. @throws {Fault} 400 when negative */
  max(): number | undefined {
    const value = this.integer('max');
    if (value !== undefined && value < 0) throw new Fault(400, 'Operation Failed', '[max: must not be negative]', { key: 'INVALID_VALUE' });
    return value;
  }
}

/** Splits `/vms;max=10;current/` into decoded segments and the matrix parameters of the last one. */
export function splitPath(path: string): { segments: string[]; matrix: Map<string, string> } {
  const parts = path.split('/').filter((part) => part !== '');
  const matrix = new Map<string, string>();
  const segments = parts.map((part, index) => {
    const [name = '', ...parameters] = part.split(';');
    if (index === parts.length - 1) {
      for (const parameter of parameters) {
        const [key = '', ...value] = parameter.split('=');
        if (key) matrix.set(decodeURIComponent(key), decodeURIComponent(value.join('=')));
      }
    }
    return decodeURIComponent(name);
  });
  return { segments, matrix };
}
