import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { yamlDocument } from '../call/body-file.ts';
import { connect } from '../connection/connect.ts';
import { CliError, tooMany } from '../errors.ts';
import { safeJson } from '../output/safe-text.ts';
import { toYaml } from '../output/yaml.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']);

/** `virgate api METHOD PATH [--file BODY]`: a request as it stands, of the contract (`/vms`) or beside it (`/virgate/api/…`); the answer as it came. */
export async function api(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate api',
    takes: (name) => (name === 'file' ? 'value' : generalOptions[name]?.takes),
    names: () => ['file', ...Object.keys(generalOptions)],
  });
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => name !== 'file'))) };
  const [first = '', second, extra] = words;
  const [method, path] = second === undefined ? ['GET', first] : [first.toUpperCase(), second];
  const usage = 'virgate api METHOD /PATH [--file BODY]';
  if (!methods.has(method))
    throw new CliError('syntax', 'invalid_call', `virgate api: ${JSON.stringify(method)} is not one of ${[...methods].join(', ')}.`, {
      field: 'METHOD',
      hint: usage,
    });
  if (!path.startsWith('/') || path.startsWith('//'))
    throw new CliError('syntax', 'invalid_call', `virgate api: ${JSON.stringify(path)} is not a path that begins with one /.`, {
      field: 'PATH',
      hint: usage,
    });
  if (extra !== undefined) throw tooMany('virgate api', extra, usage);
  const file = given.findLast(({ name }) => name === 'file')?.value;
  const body = file === undefined ? undefined : (await yamlDocument(file, terminal.stdin)).value;
  const connection = connect(general, terminal.environment);
  try {
    const whole = /^\/(virgate|ovirt-engine)\//.test(path) ? path : `/ovirt-engine/api${path}`;
    const answer = await connection.client.transport.json(
      { method, path: whole, ...(body === undefined ? {} : { body }) },
      { signal: terminal.signal },
    );
    if (answer === undefined) return;
    await write(terminal.stdout, general.output === 'yaml' ? toYaml(answer) : `${safeJson(JSON.stringify(answer, undefined, 2))}\n`);
  } finally {
    connection.close();
  }
}
