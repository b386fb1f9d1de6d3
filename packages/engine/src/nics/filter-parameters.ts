import type { NetworkFilterParameter } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { readableVms } from '../vms/read.ts';
import { nic } from './read.ts';

/** Most parameters of one NIC. */
const maxParameters = 256;
/** What libvirt takes for the name and for the value of a filter's variable. Source: libvirt, network filter parameters. */
const namePattern = /^[a-zA-Z0-9_]{1,255}$/;
const valuePattern = /^[a-zA-Z0-9_.:]{1,255}$/;

interface Row {
  id: string;
  nic_id: string;
  name: string;
  value: string;
}

interface Place {
  vm: { id: string; name: string };
  nic: { id: string; name: string };
}

const parameterOf = (row: Row): NetworkFilterParameter => ({ id: row.id, name: row.name, value: row.value, nic: { id: row.nic_id } });

/** Parameters of many NICs at once; an owner that may not be seen has none here, because its NICs cannot be reached. */
export async function filterParametersOf(context: Context, nicIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found =
    await sql<Row>`select * from nic_filter_parameter where nic_id = any(${nicIds.filter(isUuid)}::uuid[]) order by name, id`.execute(
      context.db,
    );
  const byNic = Map.groupBy(found.rows, (row) => row.nic_id);
  return new Map([...byNic].map(([id, rows]) => [id, rows.map((row) => parameterOf(row) as Entity)]));
}

/** The NIC of the path. @throws {Fault} 404 */
async function placeOf(context: Context): Promise<Place> {
  const vm = await one(context, readableVms, context.path['vm']);
  const found = await nic(context, 'vm', vm.id ?? '', context.path['nic'] ?? '');
  return { vm: { id: vm.id ?? '', name: String(vm['name']) }, nic: { id: found.id ?? '', name: String(found['name']) } };
}

async function parameterOfPath(context: Context, place: Place): Promise<Entity> {
  const found = (await filterParametersOf(context, [place.nic.id])).get(place.nic.id)?.find((row) => row.id === context.path['parameter']);
  if (!found) throw notFound();
  return found;
}

function checked(body: NetworkFilterParameter): { name?: string; value?: string } {
  if (body.name !== undefined && !namePattern.test(body.name)) throw refused('ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME');
  if (body.value !== undefined && !valuePattern.test(body.value)) throw refused('ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE');
  return { ...(body.name === undefined ? {} : { name: body.name }), ...(body.value === undefined ? {} : { value: body.value }) };
}

async function note(trx: Transaction<Tables>, context: Context, place: Place, event: EventName, parameter: string): Promise<void> {
  await recordEvent(trx, { name: event, vm: place.vm, ...attribution(context), values: { interface: place.nic.name, parameter } });
  await noteChange(trx, 'nic', place.nic.id, 'update');
}

const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

/** Gives a variable of the NIC's network filter a value; the filter gets it when the VM starts. A variable may have several values. */
const add: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const place = await placeOf(context);
    const { name, value } = checked(context.body);
    if (name === undefined) throw refused('ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME');
    if (value === undefined) throw refused('ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE');
    const row = { id: context.engine.uuid(), nic_id: place.nic.id, name, value };
    await write(context, async (trx) => {
      await trx.selectFrom('nic').select('id').where('id', '=', place.nic.id).forUpdate().execute();
      const known = await sql<{ n: number }>`select count(*)::int as n from nic_filter_parameter where nic_id = ${place.nic.id}`.execute(
        trx,
      );
      if ((known.rows[0]?.n ?? 0) >= maxParameters) throw refused('ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE');
      await trx.insertInto('nic_filter_parameter').values(row).execute();
      await note(trx, context, place, 'NETWORK_ADD_NIC_FILTER_PARAMETER', name);
    });
    return created('NetworkFilterParameter', parameterOf(row) as Entity);
  },
};

const update: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const place = await placeOf(context);
    const current = await parameterOfPath(context, place);
    checkImmutable(current, context.body, ['id', 'nic']);
    const change = checked(context.body);
    const id = current.id ?? '';
    await write(context, async (trx) => {
      if (Object.keys(change).length > 0) await trx.updateTable('nic_filter_parameter').set(change).where('id', '=', id).execute();
      await note(trx, context, place, 'NETWORK_UPDATE_NIC_FILTER_PARAMETER', change.name ?? String(current['name']));
    });
    return entity('NetworkFilterParameter', await parameterOfPath(context, place));
  },
};

const remove: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const place = await placeOf(context);
    const current = await parameterOfPath(context, place);
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx
        .deleteFrom('nic_filter_parameter')
        .where('id', '=', current.id ?? '')
        .execute();
      await note(trx, context, place, 'NETWORK_REMOVE_NIC_FILTER_PARAMETER', name);
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmNicFilterParameter',
        description: `Removing parameter ${name} of network interface ${place.nic.name} of VM ${place.vm.name}`,
        subjects: [{ type: 'vm', id: place.vm.id }],
      });
    });
    return done(job);
  },
};

export const filterParametersService: Service = {
  list: {
    permit: null,
    async run(context) {
      const place = await placeOf(context);
      return collection('NetworkFilterParameter', (await filterParametersOf(context, [place.nic.id])).get(place.nic.id) ?? []);
    },
  },
  add,
};

export const filterParameterService: Service = {
  get: { permit: null, run: async (context) => entity('NetworkFilterParameter', await parameterOfPath(context, await placeOf(context))) },
  update,
  remove,
};
