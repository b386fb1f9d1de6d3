import { readFile } from 'node:fs/promises';
import type { Document, LineCounter } from 'yaml';
import { CliError, textOf } from '../errors.ts';
import type { Whereabouts } from './body.ts';

/** Larger files are no descriptions of objects. */
const maxBytes = 4 * 1024 * 1024;
/** How many times one anchor's content may come again: what grows beyond that is built to exhaust its reader. */
const maxAliases = 50;

export interface YamlDocument {
  readonly value: unknown;
  readonly where: Whereabouts;
}

/** The documents of a YAML or JSON text. @param name of the file, for messages. @throws CliError invalid_yaml, with line and column */
export async function yamlDocuments(name: string, text: string): Promise<YamlDocument[]> {
  if (Buffer.byteLength(text) > maxBytes)
    throw new CliError('syntax', 'file_too_large', `${name} is larger than ${maxBytes / 1024 / 1024} MiB.`, { field: name });
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, version: '1.2', merge: false });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => documentOf(name, document as Document.Parsed, lines)).filter(({ value }) => value !== null);
}

function documentOf(name: string, document: Document.Parsed, lines: LineCounter): YamlDocument {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new CliError('syntax', 'invalid_yaml', `${name}:${line}:${col}: ${problem.message}`, { field: `${name}:${line}:${col}` });
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    throw new CliError('syntax', 'invalid_yaml', `${name}: ${textOf(error)}`, {
      field: name,
      hint: `An anchor may be used ${maxAliases} times in all; write the values out.`,
    });
  }
  const where: Whereabouts = (path) => {
    const offset = positionOf(document, path);
    if (offset === undefined) return name;
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  return { value, where };
}

interface NodeLike {
  range?: readonly number[] | null;
  items?: readonly { key?: NodeLike & { value?: unknown } }[];
}

/** Offset of a path's key, or of the nearest one above it that there is. */
function positionOf(document: Document.Parsed, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true) as NodeLike | undefined;
    const key = path[length - 1];
    const pair = typeof key === 'string' ? parent?.items?.find((item) => item.key?.value === key) : undefined;
    const node = pair?.key ?? (document.getIn(path.slice(0, length), true) as NodeLike | undefined);
    if (typeof node?.range?.[0] === 'number') return node.range[0];
  }
  return document.range?.[0];
}

/** A file's text; `-` is what comes in by standard input. @throws CliError file_unreadable */
export async function textOfFile(name: string, input: NodeJS.ReadableStream): Promise<string> {
  if (name !== '-')
    return readFile(name, 'utf8').catch((error: unknown) => {
      throw new CliError('command', 'file_unreadable', `${name} cannot be read.`, { field: name, cause: textOf(error) });
    });
  let text = '';
  for await (const part of input) {
    text += String(part);
    if (text.length > maxBytes) break;
  }
  return text;
}

/** The single document of a file. @throws CliError */
export async function yamlDocument(name: string, input: NodeJS.ReadableStream): Promise<YamlDocument> {
  const [first, ...others] = await yamlDocuments(name, await textOfFile(name, input));
  if (first === undefined || others.length > 0)
    throw new CliError('syntax', 'invalid_yaml', `${name}: exactly one document is expected, not ${others.length + (first ? 1 : 0)}.`, {
      field: name,
    });
  return first;
}
