import type { Proposal } from '@virgate/contract/generated/virgate';
import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { connect } from '../connection/connect.ts';
import { CliError, tooMany } from '../errors.ts';
import { safeJson, safeText } from '../output/safe-text.ts';
import { toYaml } from '../output/yaml.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

const usage = 'virgate proposal list [--state pending] | show ID | approve ID | reject ID [--reason TEXT]';
const own: ReadonlySet<string> = new Set(['state', 'reason']);
const maxListed = 100;

/** `virgate proposal …`: what assistants want to change, and one's word on it. */
export async function proposals(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate proposal',
    takes: (name) => (own.has(name) ? 'value' : generalOptions[name]?.takes),
    names: () => [...own, ...Object.keys(generalOptions)],
  });
  const [verb = 'list', id, extra] = words;
  if (!['list', 'show', 'approve', 'reject'].includes(verb))
    throw new CliError('syntax', 'invalid_call', `virgate proposal has no ${JSON.stringify(verb)}.`, { field: verb, hint: usage });
  if (verb !== 'list' && id === undefined)
    throw new CliError('syntax', 'missing_argument', `virgate proposal ${verb}: which proposal? Its id is needed.`, {
      field: 'ID',
      hint: usage,
    });
  const beyond = verb === 'list' ? id : extra;
  if (beyond !== undefined) throw tooMany(`virgate proposal ${verb}`, beyond, usage);
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => !own.has(name)))) };
  const connection = connect(general, terminal.environment);
  const send = (method: string, path: string, body?: object): Promise<unknown> =>
    connection.client.transport.json(
      { method, path: `/virgate/api/proposals${path}`, ...(body === undefined ? {} : { body }) },
      { signal: terminal.signal },
    );
  try {
    if (verb === 'list') {
      const state = given.findLast(({ name }) => name === 'state')?.value;
      const query = new URLSearchParams({ max: String(maxListed), ...(state === undefined ? {} : { state }) });
      const { proposals: found } = (await send('GET', `?${query}`)) as { proposals: Proposal[] };
      return await write(
        terminal.stdout,
        shown(found, general, (rows) => rows.map(line).join('')),
      );
    }
    const reason = given.findLast(({ name }) => name === 'reason')?.value;
    const place = `/${encodeURIComponent(id ?? '')}`;
    const one = (await (verb === 'show'
      ? send('GET', place)
      : send('POST', `${place}/${verb}`, reason === undefined ? {} : { reason }))) as Proposal;
    await write(
      terminal.stdout,
      shown(one, general, (proposal) => toYaml(proposal)),
    );
    if (one.state === 'failed') throw new CliError('remote', 'proposal_failed', `It was refused: ${one.status ?? 'no answer'}.`);
  } finally {
    connection.close();
  }
}

function shown<Value>(value: Value, { output }: GeneralOptions, otherwise: (value: Value) => string): string {
  if (output === 'json') return `${safeJson(JSON.stringify(value, undefined, 2))}\n`;
  return output === 'yaml' ? toYaml(value) : otherwise(value);
}

const line = ({ id, state, user, operation, path, reason }: Proposal): string =>
  `${id}  ${state.padEnd(8)}  ${safeText(user.name)}  ${operation}  ${safeText(path)}  ${safeText(reason)}\n`;
