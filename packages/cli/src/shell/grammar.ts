import { CliError } from '../errors.ts';

/**
 * The language of the shell, as scripts of oVirt's shell have it:
 *
 *     name {argument | --option [=] value} {< file | << MARKER | > file | >> file} [| command of the system's shell] (newline | ;)
 *     ! command of the system's shell
 *     # comment
 *
 * Texts stand in "…" (with \\ and \") or in '…'; a backslash before the end of a line goes on in the next.
 */
export interface Statement {
  /** Where it begins, from 1. */
  readonly line: number;
  /** For the system's shell, whole: `! ls`. */
  readonly shell?: string;
  readonly words: readonly string[];
  readonly input?: { readonly file: string } | { readonly text: string };
  readonly output?: { readonly file: string; readonly append: boolean };
  /** Command of the system's shell that reads the output. */
  readonly pipe?: string;
}

/** More input is needed: a quote or a here-document is open. */
export const incomplete = 'incomplete_statement';

/** Takes a text apart. @throws CliError syntax_error with the line; incomplete_statement when the text ends too early */
export function parseStatements(text: string, firstLine = 1): Statement[] {
  const reader = new Reader(text, firstLine);
  const statements: Statement[] = [];
  for (;;) {
    const one = reader.statement();
    if (one === undefined) return statements;
    statements.push(one);
  }
}

const maxStatements = 100_000;

class Reader {
  readonly #text: string;
  #at = 0;
  #line: number;
  #count = 0;
  #marker = '';

  constructor(text: string, firstLine: number) {
    this.#text = text.replaceAll('\r\n', '\n');
    this.#line = firstLine;
  }

  statement(): Statement | undefined {
    this.#skipBetween();
    if (this.#at >= this.#text.length) return undefined;
    this.#count += 1;
    if (this.#count > maxStatements) throw this.#wrong('too many statements');
    const line = this.#line;
    if (this.#peek() === '!') {
      this.#at += 1;
      return { line, words: [], shell: this.#restOfLine().trim() };
    }
    return this.#command(line);
  }

  #peek(ahead = 0): string {
    return this.#text[this.#at + ahead] ?? '';
  }

  #skipBetween(): void {
    for (;;) {
      const one = this.#peek();
      if (one === '\n') this.#newline();
      else if (one === ' ' || one === '\t' || one === ';') this.#at += 1;
      else if (one === '#') this.#restOfLine();
      else return;
    }
  }

  #newline(): void {
    this.#at += 1;
    this.#line += 1;
  }

  #restOfLine(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const text = this.#text.slice(this.#at, end === -1 ? undefined : end);
    this.#at += text.length;
    return text;
  }

  #command(line: number): Statement {
    const words: string[] = [];
    let parts: Pick<Statement, 'input' | 'output' | 'pipe'> = {};
    for (;;) {
      const one = this.#peek();
      if (one === '' || one === '\n' || one === ';') break;
      if (one === ' ' || one === '\t') this.#at += 1;
      else if (one === '\\' && this.#peek(1) === '\n') this.#continued();
      else if (one === '#') this.#restOfLine();
      else if (one === '|') {
        this.#at += 1;
        const pipe = this.#restOfLine().trim();
        if (pipe === '') throw this.#wrong('a command is expected after |');
        parts = { ...parts, pipe };
      } else if (one === '<') parts = { ...parts, input: this.#input() };
      else if (one === '>') parts = { ...parts, output: this.#output() };
      else this.#argument(words);
    }
    if (words.length === 0) throw this.#wrong('a command is expected');
    const text = this.#hereText();
    return { line, words, ...parts, ...(text === undefined ? {} : { input: { text } }) };
  }

  #continued(): void {
    this.#at += 1;
    this.#newline();
    if (this.#at >= this.#text.length) throw this.#open('a line that goes on');
  }

  /** `--name = value` and `--name= value` are one option with its value, as `--name value` is. */
  #argument(words: string[]): void {
    const option = this.#peek() === '-' && this.#peek(1) === '-';
    const word = this.#word(option);
    words.push(word);
    if (!option) return;
    while (this.#peek() === ' ') this.#at += 1;
    if (this.#peek() !== '=') return;
    this.#at += 1;
    while (this.#peek() === ' ') this.#at += 1;
    words[words.length - 1] = `${word}=${this.#word(false)}`;
  }

  #word(untilEquals: boolean): string {
    let word = '';
    for (;;) {
      const one = this.#peek();
      if (one === '"' || one === "'") word += this.#quoted(one);
      else if (one === '' || ' \t\n;|<>'.includes(one) || (untilEquals && one === '=')) return word;
      else if (one === '\\' && this.#peek(1) === '\n') return word;
      else {
        word += one;
        this.#at += 1;
      }
    }
  }

  #quoted(quote: string): string {
    this.#at += 1;
    let text = '';
    for (;;) {
      const one = this.#peek();
      if (one === '') throw this.#open(`a text in ${quote}`);
      this.#at += 1;
      if (one === quote) return text;
      if (one === '\n') this.#line += 1;
      const next = this.#peek();
      const escapes = quote === '"' && one === '\\' && (next === '\\' || next === '"');
      text += escapes ? next : one;
      if (escapes) this.#at += 1;
    }
  }

  #target(): string {
    while (this.#peek() === ' ') this.#at += 1;
    const word = this.#word(false);
    if (word === '') throw this.#wrong('a file is expected after < or >');
    return word;
  }

  #input(): { file: string } | { text: string } {
    this.#at += 1;
    if (this.#peek() !== '<') return { file: this.#target() };
    this.#at += 1;
    this.#marker = this.#target();
    return { text: '' };
  }

  #output(): { file: string; append: boolean } {
    this.#at += 1;
    const append = this.#peek() === '>';
    if (append) this.#at += 1;
    return { file: this.#target(), append };
  }

  #hereText(): string | undefined {
    if (this.#marker === '') return undefined;
    const marker = this.#marker;
    this.#marker = '';
    this.#restOfLine();
    const lines: string[] = [];
    for (;;) {
      if (this.#at >= this.#text.length) throw this.#open(`the text until ${marker}`);
      this.#newline();
      const line = this.#restOfLine();
      if (line === marker) return lines.map((one) => `${one}\n`).join('');
      lines.push(line);
    }
  }

  #wrong(text: string): CliError {
    return new CliError('syntax', 'syntax_error', `line ${this.#line}: ${text}.`, { field: `line ${this.#line}` });
  }

  #open(what: string): CliError {
    return new CliError('syntax', incomplete, `line ${this.#line}: ${what} has no end.`, { field: `line ${this.#line}` });
  }
}
