import type { Server } from '@modelcontextprotocol/server';
import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { connect } from '../connection/connect.ts';
import type { Connection } from '../connection/connect.ts';
import { tooMany } from '../errors.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

const place = '/virgate/api/mcp';
/** What the engine answers to a request of the protocol. */
interface Answer {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/**
 * `virgate mcp`: the Model Context Protocol on standard input and output, for assistants that start programs. Tools and their answers are those
 * of the engine (`/virgate/api/mcp`), used with the token of the context. Ends with its input.
 */
export async function mcp(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate mcp',
    takes: (name) => generalOptions[name]?.takes,
    names: () => Object.keys(generalOptions),
  });
  if (words[0] !== undefined) throw tooMany('virgate mcp', words[0], 'virgate mcp');
  const connection = connect({ ...inherited, ...defined(generalFrom(given)) }, terminal.environment);
  try {
    // A token that is over, or an engine that has no assistants, is told at once.
    const { result } = await ask(connection, 'initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'virgate', version: '1' },
    });
    await serve(connection, result ?? {}, terminal);
  } finally {
    connection.close();
  }
}

async function serve(connection: Connection, engine: Record<string, unknown>, terminal: Terminal): Promise<void> {
  const { Server: ProtocolServer } = await import('@modelcontextprotocol/server');
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const info = engine['serverInfo'] as { name: string; version: string };
  const instructions = String(engine['instructions'] ?? '');
  const make = (): Server => {
    const server = new ProtocolServer(info, { capabilities: { tools: {} }, instructions });
    const pass = async (method: string, params: object | undefined): Promise<never> => {
      const { result, error } = await ask(connection, method, params ?? {});
      if (result === undefined) throw new Error(error?.message ?? 'The engine gave no answer.');
      return result as never;
    };
    server.setRequestHandler('tools/list', ({ params }) => pass('tools/list', params));
    server.setRequestHandler('tools/call', ({ params }) => pass('tools/call', { name: params.name, arguments: params.arguments }));
    return server;
  };
  const served = serveStdio(make, { transport: new StdioServerTransport(terminal.stdin, terminal.stdout) });
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) terminal.stdin.once(event, resolve);
    terminal.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await served.close();
}

let number = 0;

async function ask({ client }: Connection, method: string, params: object): Promise<Answer> {
  number += 1;
  const signal = AbortSignal.timeout(requestTimeoutMs);
  const response = await client.transport.stream(
    { method: 'POST', path: place, body: { jsonrpc: '2.0', id: number, method, params } },
    signal,
    { Accept: 'application/json, text/event-stream' },
  );
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(part, { stream: true });
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return JSON.parse(data) as Answer;
}

const requestTimeoutMs = 120_000;
