import type { LinkLayerDiscoveryProtocolElement } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { conflict, hostFailed } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { collection, type Context, type Entity, type Services } from '../rest/operation.ts';
import { derivedId } from '../rest/derived-id.ts';
import { readableHosts } from '../hosts/read.ts';
import { nicOfPath } from './read.ts';

const timeoutMs = 30_000;
/** Elements of one NIC that are shown. */
const maxElements = 1000;

/** What a host hears on one NIC. Source: VDSM schema, Host.getLldp. */
interface Heard {
  enabled?: boolean;
  tlvs?: { type?: number; name?: string; oui?: number; subtype?: number; properties?: Record<string, unknown> }[];
}

/** What the switch says of itself, as the host tells it. A host that does not listen tells nothing. */
export function elementsOf(nicId: string, heard: Heard | undefined): LinkLayerDiscoveryProtocolElement[] {
  if (heard?.enabled === false) return [];
  return (heard?.tlvs ?? [])
    .slice(0, maxElements)
    .map((tlv, index) => ({
      id: derivedId('lldp', nicId, String(index), String(tlv.type)),
      name: tlv.name ?? '',
      ...(tlv.type === undefined ? {} : { type: tlv.type }),
      ...(tlv.oui === undefined ? {} : { oui: tlv.oui }),
      ...(tlv.subtype === undefined ? {} : { subtype: tlv.subtype }),
      properties: Object.entries(tlv.properties ?? {}).map(([name, value]) => ({ name, value: String(value) })),
    }));
}

/** Asks the host. @throws {Fault} 404, 409 when the host is not up or refuses */
async function heardOnNic(context: Context): Promise<Entity[]> {
  const host = await one(context, readableHosts, context.path['host']);
  const nic = await nicOfPath(context);
  if (host['status'] !== 'up')
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', { VAR_ACTION: 'list', VAR_TYPE: 'LLDP', hostStatus: String(host['status']) });
  const name = String(nic['name']);
  const { client, fence } = await context.engine.hosts.access(host.id ?? '');
  try {
    const answer = (await client.call('Host.getLldp', { filter: { devices: [name] } }, { timeoutMs, fence })) as Record<string, Heard>;
    return elementsOf(nic.id ?? '', answer[name]) as Entity[];
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    throw hostFailed('Cannot list what the network interface hears', error.message, error);
  }
}

export const lldpServices: Services = {
  LinkLayerDiscoveryProtocolService: {
    list: { permit: null, run: async (context) => collection('LinkLayerDiscoveryProtocolElement', await heardOnNic(context)) },
  },
};
