import type { NumaTuneMode, VirtualNumaNode, Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import type { EventName } from '@virgate/contract/generated/events';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { visibleTo } from '../access/permissions.ts';
import { isExclusive } from '../scheduling/host-cpus.ts';
import type { Settings } from '../vms/definition.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables, VmNumaNodeTable } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { loadNumaNodes, nodeColumns } from './load.ts';
import { checkNumaNodes, checkNumaUnpinned, numaNodeOf } from './rules.ts';
import type { Selectable } from 'kysely';

type Trx = Transaction<Tables>;
const mib = 1024 ** 2;

const nodeOf = (row: Selectable<VmNumaNodeTable>): VirtualNumaNode => ({
  id: row.id,
  index: row.index,
  memory: Math.floor(row.memory_bytes / mib),
  cpu: { cores: row.cpus.map((index) => ({ index })) },
  numa_node_pins: row.pins.map((index) => ({ index })),
  numa_tune_mode: row.tune_mode as NonNullable<VirtualNumaNode['numa_tune_mode']>,
  vm: { id: row.vm_id },
});

/** Virtual NUMA nodes of many VMs, in one statement; of VMs that the caller may not see there are none. */
async function nodesOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<Selectable<VmNumaNodeTable>>`
    select n.* from vm_numa_node n join vm t on t.id = n.vm_id where n.vm_id = any(${vmIds.filter(isUuid)}::uuid[]) and ${visible}
    order by n.index`.execute(context.db);
  const byVm = Map.groupBy(found.rows, (row) => row.vm_id);
  return new Map([...byVm].map(([id, rows]) => [id, rows.map((row) => nodeOf(row) as Entity)]));
}

async function ofPath(context: Context): Promise<{ vm: { id: string; name: string; tuneMode?: NumaTuneMode }; nodes: Entity[] }> {
  const vm = await one(context, readableVms, context.path['vm']);
  const id = vm.id ?? '';
  const { numa_tune_mode: tuneMode } = vm as Vm;
  return { vm: { id, name: String(vm['name']), ...(tuneMode ? { tuneMode } : {}) }, nodes: (await nodesOf(context, [id])).get(id) ?? [] };
}

async function nodeOfPath(context: Context): Promise<{ vm: { id: string; name: string }; node: Entity }> {
  const { vm, nodes } = await ofPath(context);
  const node = nodes.find((one) => one.id === context.path['node']);
  if (!node) throw notFound();
  return { vm, node };
}

const subjects = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

/** A change of the nodes of a VM that is down, checked as a whole before it is true. */
async function change(
  context: Context,
  vm: { id: string; name: string },
  event: EventName,
  apply: (trx: Trx) => Promise<void>,
): Promise<void> {
  await write(context, async (trx) => {
    const { status } = await stateOf(trx, vm.id);
    if (status !== 'down') throw wrongState('edit NUMA nodes of', status);
    await apply(trx);
    const row = await trx
      .selectFrom('vm')
      .select(['memory_bytes', 'cpu_sockets', 'cpu_cores', 'cpu_threads', 'settings'])
      .where('id', '=', vm.id)
      .executeTakeFirstOrThrow();
    const nodes = await loadNumaNodes(trx, vm.id);
    checkNumaNodes(nodes, { vcpus: row.cpu_sockets * row.cpu_cores * row.cpu_threads, memoryBytes: row.memory_bytes });
    if (isExclusive((row.settings as Settings).cpu_pinning_policy)) checkNumaUnpinned(nodes);
    await recordEvent(trx, { name: event, vm, ...attribution(context) });
    await noteChange(trx, 'vm', vm.id, 'update');
  });
}

const addNode: Operation = {
  permit: 'edit_vm_properties',
  subjects,
  async run(context) {
    const { vm } = await ofPath(context);
    const node = numaNodeOf(context.body, undefined, vm.tuneMode);
    const id = context.engine.uuid();
    await change(context, vm, 'NUMA_ADD_VM_NUMA_NODE_SUCCESS', async (trx) => {
      checkNumaNodes([...(await loadNumaNodes(trx, vm.id)), node], { vcpus: Infinity, memoryBytes: Infinity });
      await trx
        .insertInto('vm_numa_node')
        .values({ id, vm_id: vm.id, ...nodeColumns(node) })
        .execute();
    });
    return created('VirtualNumaNode', (await nodeOfPath({ ...context, path: { ...context.path, node: id } })).node);
  },
};

const updateNode: Operation = {
  permit: 'edit_vm_properties',
  subjects,
  async run(context) {
    const { vm, node } = await nodeOfPath(context);
    await change(context, vm, 'NUMA_UPDATE_VM_NUMA_NODE_SUCCESS', async (trx) => {
      const nodes = await loadNumaNodes(trx, vm.id);
      const before = nodes.find((one) => one.index === node['index']);
      const after = numaNodeOf(context.body, before);
      checkNumaNodes([...nodes.filter((one) => one !== before), after], { vcpus: Infinity, memoryBytes: Infinity });
      await trx
        .updateTable('vm_numa_node')
        .set(nodeColumns(after))
        .where('id', '=', node.id ?? '')
        .execute();
    });
    return entity('VirtualNumaNode', (await nodeOfPath(context)).node);
  },
};

const removeNode: Operation = {
  permit: 'edit_vm_properties',
  subjects,
  async run(context) {
    const { vm, node } = await nodeOfPath(context);
    await change(context, vm, 'NUMA_REMOVE_VM_NUMA_NODE_SUCCESS', async (trx) => {
      await trx
        .deleteFrom('vm_numa_node')
        .where('id', '=', node.id ?? '')
        .execute();
    });
    const job = await write(context, (trx) =>
      context.engine.jobs.record(trx, context, {
        action: 'RemoveVmNumaNodes',
        description: `Removing a NUMA node of VM ${vm.name}`,
        subjects: [{ type: 'vm', id: vm.id }],
      }),
    );
    return done(job);
  },
};

export const vmNumaServices: Services = {
  VmNumaNodesService: {
    list: {
      permit: null,
      async run(context) {
        const { nodes } = await ofPath(context);
        return collection('VirtualNumaNode', nodes.slice(0, context.parameters.max() ?? nodes.length));
      },
    },
    add: addNode,
  },
  VmNumaNodeService: {
    get: { permit: null, run: async (context) => entity('VirtualNumaNode', (await nodeOfPath(context)).node) },
    update: updateNode,
    remove: removeNode,
  },
};

export const vmNumaLoaders: Partial<Loaders> = { children: { 'Vm.numa_nodes': (context, ids) => nodesOf(context, ids) } };
