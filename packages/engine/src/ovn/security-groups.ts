import { OvsdbError, asMap, asSet, mapOf, setOf, uuidOf, type OvsdbOperation, type OvsdbResult } from './ovsdb.ts';
import { accessRuleOf, dropRules, type AccessRule, type SecurityRule } from './security-rules.ts';

/** Ports that are in any group are in this one too. */
const dropGroup = 'virgate_drop';
const key = { name: 'ovirt_name', description: 'ovirt_description', rule: 'virgate_rule', place: 'virgate_place' } as const;

/** A rule as clients have it: the other group is named by its id. */
export type GroupRule = Omit<SecurityRule, 'remoteGroup'> & { remoteGroupId?: string };

/** Which traffic the ports in a group take and send. */
export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  rules: GroupRule[];
}

type Transact = (...operations: OvsdbOperation[]) => Promise<OvsdbResult[]>;

interface GroupRow {
  id: string;
  /** Its name in OVN. */
  inOvn: string;
  name: string;
  description: string;
  acls: string[];
}

const rowOf = (row: Record<string, unknown>): GroupRow => {
  const noted = mapOf(row['external_ids']);
  return {
    id: uuidOf(row['_uuid']),
    inOvn: String(row['name']),
    name: noted[key.name] ?? String(row['name']),
    description: noted[key.description] ?? '',
    acls: setOf(row['acls']).map(uuidOf),
  };
};

const insertAcl = (id: string, rule: AccessRule, noted: Record<string, string>): OvsdbOperation => ({
  op: 'insert',
  table: 'ACL',
  'uuid-name': id,
  row: { ...rule, external_ids: asMap(noted) },
});
const named = (ids: readonly string[]) => asSet(ids.map((id) => ['named-uuid', id]));

/** Security groups in OVN's northbound database: groups of ports, with lists of what they let pass. */
export class SecurityGroups {
  readonly #transact: Transact;

  constructor(transact: Transact) {
    this.#transact = transact;
  }

  async #rows(): Promise<GroupRow[]> {
    const [found] = await this.#transact({
      op: 'select',
      table: 'Port_Group',
      where: [],
      columns: ['_uuid', 'name', 'acls', 'external_ids'],
    });
    return (found?.rows ?? []).map(rowOf).filter((row) => row.inOvn !== dropGroup);
  }

  /** The groups, by name. @throws {OvsdbError} */
  async list(): Promise<SecurityGroup[]> {
    const [groups, acls] = [
      await this.#rows(),
      await this.#transact({ op: 'select', table: 'ACL', where: [], columns: ['_uuid', 'external_ids'] }),
    ];
    const noted = new Map((acls[0]?.rows ?? []).map((row) => [uuidOf(row['_uuid']), mapOf(row['external_ids'])]));
    // A set of OVSDB has no order; clients see the rules in that which they gave them.
    const rulesOf = (own: readonly string[]): GroupRule[] =>
      own
        .map((acl): Record<string, string> => noted.get(acl) ?? {})
        .toSorted((a, b) => Number(a[key.place]) - Number(b[key.place]))
        .flatMap(({ [key.rule]: text }) => (text === undefined ? [] : [JSON.parse(text) as GroupRule]));
    return groups
      .map(({ id, name, description, acls: own }) => ({ id, name, description, rules: rulesOf(own) }))
      .toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  }

  #inserts(group: string, rules: readonly GroupRule[], known: readonly GroupRow[]): { operations: OvsdbOperation[]; ids: string[] } {
    const operations = rules.map(({ remoteGroupId, ...rule }, index) => {
      const remote = remoteGroupId === undefined ? undefined : known.find((one) => one.id === remoteGroupId);
      if (remoteGroupId !== undefined && !remote) throw new OvsdbError('no_group', `There is no security group ${remoteGroupId}`);
      const access = accessRuleOf(group, { ...rule, ...(remote === undefined ? {} : { remoteGroup: remote.inOvn }) });
      return insertAcl(`rule${index}`, access, { [key.rule]: JSON.stringify(rules[index]), [key.place]: String(index) });
    });
    return { operations, ids: operations.map((_, index) => `rule${index}`) };
  }

  /** @returns the new group's id @throws {OvsdbError} */
  async add({ name, description, rules }: Omit<SecurityGroup, 'id'>, uuid: string): Promise<string> {
    const inOvn = `virgate_${uuid.replaceAll('-', '')}`;
    const { operations, ids } = this.#inserts(inOvn, rules, await this.#rows());
    const results = await this.#transact(...operations, {
      op: 'insert',
      table: 'Port_Group',
      row: { name: inOvn, acls: named(ids), external_ids: asMap({ [key.name]: name, [key.description]: description }) },
    });
    return uuidOf(results.at(-1)?.uuid);
  }

  /** Replaces all of a group but its ports. @throws {OvsdbError} `no_group` */
  async replace({ id, name, description, rules }: SecurityGroup): Promise<void> {
    const known = await this.#rows();
    const row = known.find((one) => one.id === id);
    if (!row) throw new OvsdbError('no_group', `There is no security group ${id}`);
    const { operations, ids } = this.#inserts(row.inOvn, rules, known);
    await this.#transact(...operations, {
      op: 'update',
      table: 'Port_Group',
      where: [['_uuid', '==', ['uuid', id]]],
      row: { acls: named(ids), external_ids: asMap({ [key.name]: name, [key.description]: description }) },
    });
  }

  /** Its ports are in one group less from then on. @throws {OvsdbError} */
  async remove(id: string): Promise<void> {
    await this.#transact({ op: 'delete', table: 'Port_Group', where: [['_uuid', '==', ['uuid', id]]] });
  }

  /**
   * What puts a port into exactly these groups; in none, all passes.
   * @param port its id as operations of the same transaction have it
   * @throws {OvsdbError} `no_group`
   */
  async membership(port: readonly [string, string], groupIds: readonly string[]): Promise<OvsdbOperation[]> {
    const [found] = await this.#transact({ op: 'select', table: 'Port_Group', where: [], columns: ['_uuid', 'name'] });
    const groups = (found?.rows ?? []).map((row) => ({ id: uuidOf(row['_uuid']), name: String(row['name']) }));
    const missing = groupIds.find((id) => !groups.some((group) => group.id === id));
    if (missing !== undefined) throw new OvsdbError('no_group', `There is no security group ${missing}`);
    const drop = groups.find((group) => group.name === dropGroup);
    const operations: OvsdbOperation[] =
      port[0] === 'uuid' && groups.length > 0
        ? [{ op: 'mutate', table: 'Port_Group', where: [], mutations: [['ports', 'delete', asSet([port])]] }]
        : [];
    if (groupIds.length === 0) return operations;
    for (const id of [...groupIds, ...(drop ? [drop.id] : [])])
      operations.push({
        op: 'mutate',
        table: 'Port_Group',
        where: [['_uuid', '==', ['uuid', id]]],
        mutations: [['ports', 'insert', asSet([port])]],
      });
    if (drop) return operations;
    const rules = dropRules(dropGroup);
    return [
      ...operations,
      ...rules.map((rule, index) => insertAcl(`drop${index}`, rule, {})),
      {
        op: 'insert',
        table: 'Port_Group',
        row: { name: dropGroup, ports: asSet([port]), acls: named(rules.map((_, index) => `drop${index}`)) },
      },
    ];
  }
}
