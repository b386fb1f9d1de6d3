import { isTypeName } from '@virgate/contract/type-info';
import { json } from '@virgate/database';
import type { FastifyInstance } from 'fastify';
import { asFault } from '../rest/errors.ts';
import type { Context, Services } from '../rest/operation.ts';
import { apiRoot } from '../rest/represent.ts';
import { refusalOf } from '../virgate/server.ts';
import { refusal } from '../virgate/operation.ts';
import { carryOut, policyFor, propose, readProposal, shownProposal } from './proposals.ts';
import { makeRequest } from './requests.ts';
import { objectSchema } from './schemas.ts';
import { usualMax, type OperationTool, type Tool } from './tools.ts';

/** What an assistant is told of a call. */
export interface ToolAnswer {
  /** As of HTTP. */
  readonly status: number;
  readonly value: unknown;
  readonly proposal?: string;
}

const text = (description: string): object => ({ type: 'string', description });
const tool = (name: string, description: string, properties: object, required: readonly string[]): Tool => ({
  name,
  description,
  inputSchema: { type: 'object', properties, required: [...required], additionalProperties: false },
  reads: true,
});

/** Tools beside the contract's operations. */
const ownTools: readonly Tool[] = [
  tool(
    'find',
    'Objects of any kind by a query of the search language, such as "Vms: status=up and name=web*" or "Hosts: cluster=Default".',
    { query: text('The query.'), page: { type: 'integer', minimum: 1 } },
    ['query'],
  ),
  tool(
    'can',
    'Which actions are possible now on objects, and why not the others.',
    { objects: text('type:id, several by commas: vm:ID,host:ID'), actions: text('Names of actions, by commas; all when left out.') },
    ['objects'],
  ),
  tool(
    'placements',
    'Why a VM was started on the host where it is, or on none: every host with the reasons against it, or its scores.',
    { vm: text('Id of the VM.') },
    ['vm'],
  ),
  tool(
    'tools_find',
    'More tools than are listed: every operation of the API whose name or description has all the words. Tools that are found can be called.',
    { words: text('Words, such as "host network".') },
    ['words'],
  ),
  tool('api_describe', 'JSON schema of a type of the API, for bodies.', { type: text('Name of the type, such as Vm or Cpu.') }, ['type']),
  tool('proposal_get', 'What became of a proposal.', { proposal: text('Id of the proposal.') }, ['proposal']),
];

/** Operations that are told without being looked for. */
const listedTier = 0;
const maxFound = 30;

/** Every tool there is. Made once: they come from the contract. */
export class Toolbox {
  readonly #operations: ReadonlyMap<string, OperationTool>;

  constructor(operations: readonly OperationTool[]) {
    this.#operations = new Map(operations.map((one) => [one.name, one]));
  }

  get listed(): readonly Tool[] {
    return [...ownTools, ...[...this.#operations.values()].filter(({ route }) => route.tier === listedTier)];
  }

  operation(name: string): OperationTool | undefined {
    return this.#operations.get(name);
  }

  find(words: string): readonly Tool[] {
    const wanted = words
      .toLowerCase()
      .split(/[\s_]+/)
      .filter((word) => word !== '');
    const holds = ({ name, description }: Tool): boolean => wanted.every((word) => `${name} ${description}`.toLowerCase().includes(word));
    return [...this.#operations.values()].filter(holds).slice(0, maxFound);
  }
}

type Arguments = Readonly<Record<string, unknown>>;

/** One request of an assistant: who he is, and how further requests are made in his name. */
export class Assistant {
  readonly #app: FastifyInstance;
  readonly #context: Context;
  readonly #parts: { tools: Toolbox; services: Services; headers: Readonly<Record<string, string>> };

  constructor(
    app: FastifyInstance,
    context: Context,
    parts: { tools: Toolbox; services: Services; headers: Readonly<Record<string, string>> },
  ) {
    this.#app = app;
    this.#context = context;
    this.#parts = parts;
  }

  get tools(): readonly Tool[] {
    return this.#parts.tools.listed;
  }

  /** Calls a tool; a refusal is an answer too. Every call is kept. */
  async call(name: string, given: Arguments): Promise<ToolAnswer> {
    const begun = performance.now();
    const answer = await this.#answer(name, given).catch((error: unknown): ToolAnswer => {
      const fault = asFault(error, this.#context.engine.log);
      return { status: fault.status, value: refusalOf(fault) };
    });
    await this.#keep(name, given, answer, Math.round(performance.now() - begun));
    return answer;
  }

  async #answer(name: string, given: Arguments): Promise<ToolAnswer> {
    const own = ownTools.find((one) => one.name === name);
    const operation = this.#parts.tools.operation(name);
    const found = own ?? operation;
    if (found === undefined) throw refusal(404, 'unknown_tool', `There is no tool ${name.slice(0, 100)}; tools_find looks for one.`);
    checkArguments(found, given);
    if (own !== undefined) return this.#callOwn(name, given as Readonly<Record<string, string>>);
    if (operation === undefined) throw refusal(404, 'unknown_tool', 'There is no such tool.');
    const path = pathOf(operation, given);
    if (operation.reads) return this.#read(path);
    return this.#propose(operation, path, given);
  }

  async #read(path: string): Promise<ToolAnswer> {
    const { status, body } = await makeRequest(this.#app, { http: 'GET', path, headers: this.#parts.headers });
    return { status, value: body };
  }

  async #callOwn(name: string, given: Readonly<Record<string, string>>): Promise<ToolAnswer> {
    const query = new URLSearchParams(given);
    switch (name) {
      case 'find':
        return this.#read(`/virgate/api/search?${query}`);
      case 'can':
        return this.#read(`/virgate/api/can?${query}`);
      case 'placements':
        return this.#read(`/virgate/api/vms/${segment('vm', given['vm'])}/placements`);
      case 'tools_find':
        return {
          status: 200,
          value: this.#parts.tools
            .find(given['words'] ?? '')
            .map(({ name: tool, description, inputSchema }) => ({ name: tool, description, inputSchema })),
        };
      case 'api_describe': {
        const type = given['type'] ?? '';
        if (!isTypeName(type)) throw refusal(404, 'unknown_type', `The API has no type ${type.slice(0, 100)}.`, 'type');
        return { status: 200, value: objectSchema(type) };
      }
      default: {
        const { engine, user } = this.#context;
        return {
          status: 200,
          value: shownProposal(await readProposal(engine, segment('proposal', given['proposal']), user.id), engine.now()),
        };
      }
    }
  }

  /** A change waits for somebody's word, unless a policy has said it already and the token may do it. */
  async #propose(operation: OperationTool, path: string, given: Arguments): Promise<ToolAnswer> {
    const { engine, user } = this.#context;
    const ids = Object.fromEntries(operation.ids.map((id) => [id, String(given[id])]));
    const wanted = { tool: operation, ids, path, body: given['body'], reason: String(given['reason']) };
    const id = await propose(this.#app, this.#context, wanted, this.#parts);
    const policy = user.limits?.readOnly === true ? undefined : await policyFor(engine, user, operation.operation);
    if (policy !== undefined) await carryOut(this.#app, engine, { id }, { decidedBy: `policy ${policy}`, headers: this.#parts.headers });
    const shown = shownProposal(await readProposal(engine, id, user.id), engine.now());
    const note = policy === undefined ? 'It waits for somebody to approve it.' : `The policy "${policy}" approved it.`;
    return { status: shown.status ?? 202, value: { note, proposal: shown }, proposal: id };
  }

  async #keep(name: string, given: Arguments, answer: ToolAnswer, durationMs: number): Promise<void> {
    const { db, user } = this.#context;
    await db
      .insertInto('assistant_call')
      .values({
        user_id: user.id,
        session_id: user.session.id,
        tool: name.slice(0, 100),
        arguments: json(keptArguments(given)),
        status: answer.status,
        duration_ms: durationMs,
        proposal_id: answer.proposal ?? null,
      })
      .execute();
  }
}

const maxKeptUnits = 4000;

/** Arguments as they are kept: without bodies, which proposals have, and no longer than one reads. */
function keptArguments({ body, ...given }: Arguments): Record<string, unknown> {
  const kept = body === undefined ? given : { ...given, body: '(in the proposal)' };
  const length = JSON.stringify(kept).length;
  return length <= maxKeptUnits ? kept : { code: 'too_long', characters: length };
}

/** @throws {Fault} 400 for arguments that the tool does not have, lacks, or that are of another kind */
function checkArguments({ inputSchema }: Tool, given: Arguments): void {
  const properties = inputSchema['properties'] as Readonly<Record<string, { type?: string; enum?: readonly string[] }>>;
  for (const name of inputSchema['required'] as readonly string[])
    if (given[name] === undefined) throw refusal(400, 'incomplete', `${name} is needed.`, name);
  for (const [name, value] of Object.entries(given)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const field = name.slice(0, 64);
    if (schema === undefined) throw refusal(400, 'invalid_value', `${field} is no argument of this tool.`, field);
    const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
    if (schema.type !== undefined && kind !== schema.type)
      throw refusal(400, 'invalid_value', `${field} must be of the type ${schema.type}.`, field);
    if (schema.enum !== undefined && !schema.enum.includes(String(value)))
      throw refusal(400, 'invalid_value', `${field} must be one of ${schema.enum.join(', ')}.`, field);
  }
}

/** An id as a segment of a path: one that would lead elsewhere is none. */
function segment(name: string, id: unknown): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') throw refusal(400, 'invalid_value', `${name} must be an id.`, name);
  return encodeURIComponent(id);
}

function pathOf({ route, ids, query, reads }: OperationTool, given: Arguments): string {
  const place = ids.reduce((path, id) => path.replace(`{${id}}`, segment(id, given[id])), route.template === '/' ? '' : route.template);
  const search = new URLSearchParams(query.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, String(given[name])]])));
  if (reads && given['max'] === undefined && query.some(({ name }) => name === 'max')) search.set('max', String(usualMax));
  const parameters = search.toString();
  return `${apiRoot}${place}${route.action === undefined ? '' : `/${route.action}`}${parameters === '' ? '' : `?${parameters}`}`;
}
