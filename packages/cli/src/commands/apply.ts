import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import type { Fields } from '../call/body.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import type { Walked } from '../call/resolve.ts';
import { descend, memberPlace, operationsAt } from '../catalog/places.ts';
import { connect } from '../connection/connect.ts';
import { explain } from '../connection/explain.ts';
import { CliError, tooMany } from '../errors.ts';
import type { Change } from '../declared/difference.ts';
import { keyOf, readDeclared, stateFileOf, titleOf } from '../declared/documents.ts';
import type { Declared } from '../declared/documents.ts';
import { Lookup, planFor } from '../declared/plan.ts';
import type { Planned } from '../declared/plan.ts';
import { readApplied, writeApplied } from '../declared/state.ts';
import type { Applied } from '../declared/state.ts';
import { flat } from '../output/render.ts';
import { safeText } from '../output/safe-text.ts';
import { withProgress } from '../terminal/progress.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

const options: Readonly<Record<string, Takes>> = { file: 'value', prune: 'flag', 'dry-run': 'flag' };

/**
 * `virgate apply -f FOLDER [--prune] [--dry-run]`: makes objects as files declare them. Everything is read and compared before the first change;
 * what was done so far is kept when a later change is refused, so that the next run goes on from there.
 */
export async function apply(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate apply',
    takes: (name) => options[name] ?? generalOptions[name]?.takes,
    names: () => [...Object.keys(options), ...Object.keys(generalOptions)],
  });
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => options[name] === undefined))) };
  const value = (name: string): string | undefined => given.findLast((one) => one.name === name)?.value;
  const path = value('file') ?? words[0];
  if (path === undefined)
    throw new CliError('syntax', 'missing_argument', 'virgate apply: the file or folder to apply is needed.', {
      field: '--file',
      hint: 'virgate apply -f FILE or FOLDER',
    });
  if (words[1] !== undefined) throw tooMany('virgate apply', words[1], 'virgate apply -f FILE or FOLDER');
  const declared = await readDeclared(path);
  const stateFile = await stateFileOf(path);
  const connection = connect(general, terminal.environment);
  try {
    const applied = await readApplied(stateFile, connection.origin);
    const lookup = new Lookup(connection.client);
    const plan = await withProgress(terminal, `compare ${declared.length} objects`, () =>
      planFor(lookup, declared, applied, value('prune') === 'true'),
    );
    if (value('dry-run') === 'true') {
      for (const step of plan) await write(terminal.stdout, textOfStep(step));
      return await write(terminal.stdout, summary(plan));
    }
    await carryOut(plan, { lookup, applied, stateFile, origin: connection.origin }, terminal);
    await write(terminal.stdout, summary(plan));
  } finally {
    connection.close();
  }
}

interface Work {
  readonly lookup: Lookup;
  readonly applied: Applied;
  readonly stateFile: string;
  readonly origin: string;
}

async function carryOut(plan: readonly Planned[], { lookup, applied, stateFile, origin }: Work, terminal: Terminal): Promise<void> {
  const state: Record<string, { id: string; spec: Fields }> = { ...applied };
  const before = JSON.stringify(state);
  try {
    for (const step of plan) {
      terminal.signal.throwIfAborted();
      await withProgress(terminal, step.do === 'keep' ? undefined : 'apply', () =>
        carryOutStep(step, lookup, state, terminal.signal),
      ).catch((error: unknown) => {
        throw located(step, error);
      });
      await write(terminal.stdout, textOfStep(step));
    }
  } finally {
    if (JSON.stringify(state) !== before) await writeApplied(stateFile, origin, state);
  }
}

async function carryOutStep(
  step: Planned,
  lookup: Lookup,
  state: Record<string, { id: string; spec: Fields }>,
  signal: AbortSignal,
): Promise<void> {
  switch (step.do) {
    case 'add': {
      const { object } = step;
      const body = await lookup.withIds(object, new Set());
      const collection = await lookup.collection(object.place, object.within);
      const made = (await collection['add']?.(body, {}, { waitForCreation: true, signal })) as { id?: string };
      lookup.forget(keyOf(object));
      state[keyOf(object)] = { id: String(made.id), spec: body };
      return;
    }
    case 'change':
    case 'keep': {
      const { object, id } = step;
      const spec = await lookup.withIds(object, new Set());
      if (step.do === 'change') await (await memberOf(lookup, object, id))['update']?.(step.difference.body, {}, { signal });
      state[keyOf(object)] = { id, spec };
      return;
    }
    case 'remove': {
      const member = memberPlace(descend(step.kind.split(' ')).place);
      if (member === undefined) return;
      const service = await lookup.collection(member, [...step.within, step.id]);
      await service['remove']?.({ wait: 'gone' }, { signal });
      delete state[step.key];
      return;
    }
    case 'forget':
      delete state[step.key];
      return;
    default:
  }
}

async function memberOf(lookup: Lookup, object: Declared, id: string): Promise<Walked> {
  const member = memberPlace(object.place);
  if (member === undefined || !operationsAt(object.place).some(({ verb }) => verb === 'update'))
    throw new CliError('command', 'not_changeable', `A ${object.kind} cannot be changed once it is there.`, { hint: 'Remove it first' });
  return lookup.collection(member, [...object.within, id]);
}

/** The same error, which says where the object is declared. */
function located(step: Planned, error: unknown): CliError {
  const told = explain(error);
  const where = 'object' in step ? step.object.where : 'title' in step ? step.title : '';
  return new CliError(told.exit, told.code, where === '' ? told.message : `${where}: ${told.message}`, {
    ...told.parts,
    field: told.parts.field ?? where,
  });
}

function textOfStep(step: Planned): string {
  switch (step.do) {
    case 'add':
      return `+ ${safeText(titleOf(step.object))}\n${flat(withoutName(step.object.spec), '')
        .map(([name, text]) => line(`${name}: ${text}`))
        .join('')}`;
    case 'change':
      return `~ ${safeText(titleOf(step.object))}\n${step.difference.changes.map((change) => line(textOfChange(change))).join('')}`;
    case 'keep':
      return step.left.length === 0
        ? ''
        : `  ${safeText(titleOf(step.object))}: keeps ${step.left.join(', ')}, which is not declared any more\n`;
    case 'remove':
      return `- ${safeText(step.title)}\n`;
    case 'abandon':
      return `  ${safeText(step.title)}: not declared any more; --prune removes it\n`;
    default:
      return '';
  }
}

const line = (text: string): string => `    ${safeText(text)}\n`;

const withoutName = (spec: Fields): Fields => Object.fromEntries(Object.entries(spec).filter(([name]) => name !== 'name'));

const shown = (value: unknown): string => (value === undefined ? '(nothing)' : JSON.stringify(value));

function textOfChange({ path, from, to }: Change): string {
  return /password|token/i.test(path) ? `${path}: (changed)` : `${path}: ${shown(from)} → ${shown(to)}`;
}

function summary(plan: readonly Planned[]): string {
  const count = (what: Planned['do']): number => plan.filter((step) => step.do === what).length;
  return `${count('add')} added, ${count('change')} changed, ${count('remove')} removed, ${count('keep')} as declared\n`;
}
