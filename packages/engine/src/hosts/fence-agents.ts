import type { Agent } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Selectable, type Transaction } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { seal } from '../pki/seal.ts';
import { invalidValue, notFound, refused, say } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { isHostAddress } from '../rest/address.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { FenceAgentTable, Tables } from '../tables/schema.ts';
import { readableHosts } from './read.ts';

type Row = Selectable<FenceAgentTable>;

const maxTextLength = 255;
const maxAgents = 16;
const maxOptions = 64;
const maxOrder = 100;

/** Never with its password. Several agents of one order are switched together. */
const agentOf = (row: Row & { concurrent: boolean }): Agent => ({
  id: row.id,
  address: row.address,
  concurrent: row.concurrent,
  encrypt_options: row.encrypt_options,
  options: row.options as NonNullable<Agent['options']>,
  order: row.ordinal,
  ...(row.port === null ? {} : { port: row.port }),
  type: row.type,
  username: row.username,
  host: { id: row.host_id },
});

/** Fence agents of many hosts at once, in the order in which they are used. */
async function agentsOf(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<Row & { concurrent: boolean }>`
    select a.*, count(*) over (partition by a.host_id, a.ordinal) > 1 as concurrent from fence_agent a join host t on t.id = a.host_id
    where a.host_id = any(${hostIds.filter(isUuid)}::uuid[]) and ${context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`}
    order by a.host_id, a.ordinal, a.id`.execute(context.db);
  return new Map([...Map.groupBy(found.rows, (row) => row.host_id)].map(([id, rows]) => [id, rows.map((row) => agentOf(row) as Entity)]));
}

const hostOf = (context: Context): Promise<Entity> => one(context, readableHosts, context.path['host']);

async function agentOfPath(context: Context): Promise<{ host: Entity; agent: Entity }> {
  const host = await hostOf(context);
  const id = host.id ?? '';
  const agent = (await agentsOf(context, [id])).get(id)?.find((one) => one.id === context.path['agent']);
  if (!agent) throw notFound();
  return { host, agent };
}

function checkText(field: string, value: string): string {
  if (value === '' || value.length > maxTextLength) throw invalidValue(field, say`must have 1 to ${maxTextLength} characters`);
  return value;
}

/** Types of agents that hosts know: the contract's, and those that an administrator has added. */
function checkType(engine: Engine, type: string): string {
  const known = [
    ...engine.options.text('VdsFenceType', '4.7').split(','),
    ...engine.options
      .text('CustomVdsFenceType')
      .split(';')
      .map((entry) => entry.split('=')[0] ?? ''),
  ].map((name) => name.trim());
  if (type === '' || !known.includes(type)) throw invalidValue('type', say`must be one of ${known.filter(Boolean).join(', ')}`);
  return type;
}

/** Columns of what a body names. @throws {Fault} 400 */
function columnsOf(engine: Engine, body: Agent) {
  if (body.address !== undefined && !isHostAddress(body.address)) throw refused('VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP');
  if (body.port !== undefined && (body.port < 1 || body.port > 65_535)) throw refused('VDS_ILLEGAL_PM_AGENT_PORT_VALUE');
  if (body.order !== undefined && (body.order < 1 || body.order > maxOrder))
    throw invalidValue('order', say`must be between 1 and ${maxOrder}`);
  if ((body.options ?? []).length > maxOptions) throw invalidValue('options', say`must be at most ${maxOptions}`);
  for (const { name = '', value = '' } of body.options ?? []) {
    checkText('options.name', name);
    // A host gets them as lines of the form name=value.
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (/[\u0000-\u001f\u007f=]/.test(name)) throw invalidValue('options.name', 'must not have control characters or =');
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (/[\u0000-\u001f\u007f]/.test(value)) throw invalidValue('options.value', 'must not have control characters');
  }
  return {
    ...(body.address === undefined ? {} : { address: body.address }),
    ...(body.port === undefined ? {} : { port: body.port }),
    ...(body.order === undefined ? {} : { ordinal: body.order }),
    ...(body.type === undefined ? {} : { type: checkType(engine, body.type) }),
    ...(body.username === undefined ? {} : { username: checkText('username', body.username) }),
    ...(body.password === undefined ? {} : { password: seal(engine.authority.secretKey, checkText('password', body.password)) }),
    ...(body.encrypt_options === undefined ? {} : { encrypt_options: body.encrypt_options }),
    ...(body.options === undefined
      ? {}
      : {
          options: json(
            body.options.map(({ name, value, type }) => ({ name, value, ...(type === undefined ? {} : { type }) })) as unknown[],
          ),
        }),
  };
}

/** Columns of a new agent. @throws {Fault} 400, also when something is missing that none can be without */
function newAgentColumns(engine: Engine, body: Agent) {
  const { address, type, username, password, ordinal, ...others } = columnsOf(engine, body);
  if (address === undefined || type === undefined || username === undefined || password === undefined || ordinal === undefined)
    throw refused('VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING');
  return { address, type, username, password, ordinal, ...others };
}

/** Stores the agents that a body gives a host from the start, in their order where it names none. @throws {Fault} 400 */
export async function insertAgents(trx: Transaction<Tables>, engine: Engine, hostId: string, agents: readonly Agent[]): Promise<void> {
  if (agents.length > maxAgents) throw invalidValue('power_management.agents', say`must be at most ${maxAgents}`);
  const rows = agents.map((agent, index) => newAgentColumns(engine, { ...agent, order: agent.order ?? index + 1 }));
  for (const row of rows)
    await trx
      .insertInto('fence_agent')
      .values({ id: engine.uuid(), host_id: hostId, ...row })
      .execute();
}

/** Notes in the transaction of a change of agents that the host's configuration changed. */
async function noteHost(context: Context, trx: Transaction<Tables>, host: Entity): Promise<void> {
  const id = host.id ?? '';
  await recordEvent(trx, { name: 'USER_UPDATE_VDS', host: { id, name: String(host['name']) }, ...attribution(context) });
  await noteChange(trx, 'host', id, 'update');
}

const subjects = (context: Context) => [{ type: 'host' as const, id: context.path['host'] ?? '' }];

const addAgent: Operation = {
  permit: 'edit_host_configuration',
  subjects,
  async run(context) {
    const host = await hostOf(context);
    const hostId = host.id ?? '';
    const columns = newAgentColumns(context.engine, context.body);
    const id = context.engine.uuid();
    await write(context, async (trx) => {
      await trx.selectFrom('host').select('id').where('id', '=', hostId).forUpdate().execute();
      const there = await trx.selectFrom('fence_agent').select('id').where('host_id', '=', hostId).execute();
      if (there.length >= maxAgents) throw invalidValue('host', say`has ${maxAgents} fence agents already`);
      await trx
        .insertInto('fence_agent')
        .values({ id, host_id: hostId, ...columns })
        .execute();
      await noteHost(context, trx, host);
    });
    const { agent } = await agentOfPath({ ...context, path: { ...context.path, agent: id } });
    return created('Agent', agent);
  },
};

const updateAgent: Operation = {
  permit: 'edit_host_configuration',
  subjects,
  async run(context) {
    const { host, agent } = await agentOfPath(context);
    checkImmutable(agent, context.body);
    const columns = columnsOf(context.engine, context.body);
    await write(context, async (trx) => {
      if (Object.keys(columns).length > 0)
        await trx
          .updateTable('fence_agent')
          .set(columns)
          .where('id', '=', agent.id ?? '')
          .execute();
      await noteHost(context, trx, host);
    });
    return entity('Agent', (await agentOfPath(context)).agent);
  },
};

/** Whether power management of a host is switched on. */
const managed = (host: Entity): boolean => (host['power_management'] as { enabled?: boolean } | undefined)?.enabled === true;

const removeAgent: Operation = {
  permit: 'edit_host_configuration',
  subjects,
  async run(context) {
    const { host, agent } = await agentOfPath(context);
    const hostId = host.id ?? '';
    const job = await write(context, async (trx) => {
      await trx.selectFrom('host').select('id').where('id', '=', hostId).forUpdate().execute();
      await trx
        .deleteFrom('fence_agent')
        .where('id', '=', agent.id ?? '')
        .execute();
      const left = await trx.selectFrom('fence_agent').select('id').where('host_id', '=', hostId).limit(1).execute();
      if (left.length === 0 && managed(host)) throw refused('VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED');
      await noteHost(context, trx, host);
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveFenceAgent',
        description: `Removing a Fence Agent of Host ${String(host['name'])}`,
        subjects: [{ type: 'host', id: hostId }],
      });
    });
    return done(job);
  },
};

export const fenceAgentServices: Services = {
  FenceAgentsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await hostOf(context);
        const found = (await agentsOf(context, [id])).get(id) ?? [];
        return collection('Agent', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
    add: addAgent,
  },
  FenceAgentService: {
    get: { permit: null, run: async (context) => entity('Agent', (await agentOfPath(context)).agent) },
    update: updateAgent,
    remove: removeAgent,
  },
};

export const fenceAgentLoaders: Partial<Loaders> = { children: { 'Host.agents': agentsOf } };
