import { isIP, isIPv4 } from 'node:net';
import type { NewSecurityGroup, SecurityGroup, SecurityGroupRule, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql, type Kysely } from 'kysely';
import type { GroupRule } from '../ovn/security-groups.ts';
import type { Tables } from '../tables/schema.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { onProvider, providerRow, type ProviderRow } from './providers.ts';

const prefixLengths = { v4: 32, v6: 128 } as const;

/** Whether a text is a network of a version, whose first bits alone count. Pure. */
function isCidr(text: string, version: 'v4' | 'v6'): boolean {
  const [, address = '', length = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  return isIP(address) === (version === 'v4' ? 4 : 6) && isIPv4(address) === (version === 'v4') && Number(length) <= prefixLengths[version];
}

function checkRules(rules: readonly SecurityGroupRule[]): GroupRule[] {
  return rules.map((rule, index) => {
    const wrong = (name: string, problem: string) =>
      refusal(400, 'invalid_value', `rules[${index}].${name} ${problem}.`, `rules[${index}].${name}`);
    const { direction, version, protocol, portFrom, portTo, remoteCidr, remoteGroupId } = rule;
    if (portFrom === undefined && portTo !== undefined) throw wrong('portFrom', 'must be given with portTo');
    if (portFrom !== undefined && protocol !== 'tcp' && protocol !== 'udp') throw wrong('portFrom', 'is for the protocols tcp and udp');
    if (portFrom !== undefined && portTo !== undefined && portTo < portFrom) throw wrong('portTo', 'must not be less than portFrom');
    if (remoteCidr !== undefined && remoteGroupId !== undefined) throw wrong('remoteGroupId', 'must not be given with remoteCidr');
    if (remoteCidr !== undefined && !isCidr(remoteCidr, version))
      throw wrong('remoteCidr', `must be a network of ${version}, such as ${version === 'v4' ? '192.0.2.0/24' : '2001:db8::/64'}`);
    return {
      direction,
      version,
      ...(protocol === undefined ? {} : { protocol }),
      ...(portFrom === undefined ? {} : { portFrom }),
      ...(portTo === undefined ? {} : { portTo }),
      ...(remoteCidr === undefined ? {} : { remoteCidr }),
      ...(remoteGroupId === undefined ? {} : { remoteGroupId }),
    };
  });
}

async function providerOf({ db, path }: { db: Kysely<Tables>; path: { provider: string } }): Promise<ProviderRow> {
  const row = await providerRow(db, path.provider);
  if (!row) throw refusal(404, 'unknown_provider', 'There is no such provider.');
  return row;
}

type InProvider = Pick<VirgateContext<VirgateCalls['NetworkSecurityGroupService']['get']>, 'engine' | 'db'> & {
  path: { provider: string };
};

async function list(context: InProvider): Promise<SecurityGroup[]> {
  const provider = await providerOf(context);
  return onProvider(provider, () => context.engine.networkProviders.at(provider).securityGroups.list());
}

async function one(context: InProvider & { path: { group: string } }): Promise<SecurityGroup> {
  const found = (await list(context)).find((group) => group.id === context.path.group);
  if (!found) throw refusal(404, 'unknown_group', 'There is no such security group.');
  return found;
}

async function checkRemotes(context: InProvider, rules: readonly GroupRule[]): Promise<void> {
  const known = new Set((await list(context)).map((group) => group.id));
  const index = rules.findIndex(({ remoteGroupId }) => remoteGroupId !== undefined && !known.has(remoteGroupId));
  if (index !== -1)
    throw refusal(404, 'unknown_group', `rules[${index}].remoteGroupId: there is no such security group.`, `rules[${index}].remoteGroupId`);
}

async function add(context: InProvider & { body: NewSecurityGroup }): Promise<SecurityGroup> {
  const { body, engine } = context;
  const rules = checkRules(body.rules);
  const provider = await providerOf(context);
  await checkRemotes(context, rules);
  const { name, description = '' } = body;
  const groups = engine.networkProviders.at(provider).securityGroups;
  const id = await onProvider(provider, () => groups.add({ name, description, rules }, engine.uuid()));
  return one({ ...context, path: { ...context.path, group: id } });
}

/** Names of vNIC profiles and of other groups that name a group. */
async function usersOf(context: InProvider & { path: { group: string } }): Promise<string[]> {
  const { group: id } = context.path;
  const profiles = await sql<{ name: string }>`
    select p.name from vnic_profile p where p.settings #>> '{customProperties,SecurityGroups}' ilike ${`%${id}%`} order by p.name`.execute(
    context.db,
  );
  const groups = (await list(context)).filter((group) => group.id !== id && group.rules.some((rule) => rule.remoteGroupId === id));
  return [...profiles.rows, ...groups].map(({ name }) => name);
}

/** Security groups of providers: what the ports of NICs take and send. Clients of oVirt speak of them by the custom property SecurityGroups. */
export const securityGroupOperations: VirgateOperations = {
  NetworkSecurityGroupsService: { get: { run: async (context) => ({ groups: await list(context) }) }, add: { run: add } },
  NetworkSecurityGroupService: {
    get: { run: one },
    update: {
      async run(context) {
        const current = await one(context);
        const { name = current.name, description = current.description, rules = current.rules } = context.body;
        const checked = checkRules(rules);
        await checkRemotes(context, checked);
        const provider = await providerOf(context);
        const changed = { id: current.id, name, description, rules: checked };
        await onProvider(provider, () => context.engine.networkProviders.at(provider).securityGroups.replace(changed));
        return one(context);
      },
    },
    remove: {
      async run(context) {
        const { id } = await one(context);
        const users = await usersOf(context);
        if (users.length > 0) throw refusal(409, 'group_in_use', `The group is named by: ${users.join(', ')}.`);
        const provider = await providerOf(context);
        await onProvider(provider, () => context.engine.networkProviders.at(provider).securityGroups.remove(id));
        return undefined;
      },
    },
  },
};
