import type { Action, HostNic, IpAddressAssignment, NetworkAttachment } from '@virgate/contract/generated/types';
import { entityNotFound, incomplete, invalidValue, notFound } from '../fault.ts';
import { created, done, entity, type Entity } from '../operation.ts';
import type { Outcome } from '../dispatch.ts';
import type { Handler, RequestV3 } from './request.ts';

/** Networks of hosts: version 3 has them at the NICs, version 4 as attachments that are set up at the host. */

const nicsAt = (request: RequestV3): string[] => ['hosts', request.id(0), 'nics'];
const attachmentsAt = (request: RequestV3): string[] => [...nicsAt(request), request.id(1), 'networkattachments'];
const setUp = (request: RequestV3, action: Action): Promise<Outcome> =>
  request.ask('POST', ['hosts', request.id(0), 'setupnetworks'], action as Entity);

type Named = { id?: string; name?: string } | undefined;
const isSame = (wanted: Named, is: Named): boolean =>
  wanted?.id !== undefined ? wanted.id === is?.id : wanted?.name !== undefined && wanted.name === is?.name;

/** Attachments with the names of their networks: clients of version 3 give either. */
async function attachmentsOf(request: RequestV3, segments: readonly string[]): Promise<NetworkAttachment[]> {
  const attachments = (await request.list(segments)) as NetworkAttachment[];
  const named: NetworkAttachment[] = [];
  for (const attachment of attachments) {
    const { reply } = await request.ask('GET', ['networks', attachment.network?.id ?? '']);
    const name = reply.kind === 'entity' ? (reply.entity['name'] as string | undefined) : undefined;
    named.push({ ...attachment, network: { ...attachment.network, ...(name === undefined ? {} : { name }) } });
  }
  return named;
}

function assignmentsOf({ boot_protocol: protocol, ip }: HostNic): { ip_address_assignments?: IpAddressAssignment[] } {
  const method = protocol ?? (ip?.address === undefined ? undefined : 'static');
  if (method === undefined) return {};
  return { ip_address_assignments: [{ assignment_method: method, ...(method === 'static' && ip !== undefined ? { ip } : {}) }] };
}

/** Where a network goes: one with a VLAN is shown at a device of its own, and set up at the one below it. */
function placeOf({ id, name, vlan, base_interface: base }: HostNic): HostNic {
  if (vlan !== undefined && base !== undefined) return { name: base };
  if (id !== undefined) return { id };
  return name === undefined ? {} : { name };
}

/** What a NIC of version 3 says of the network on it. */
function attachmentOf(nic: HostNic, known: readonly NetworkAttachment[]): NetworkAttachment[] {
  const network = nic.network;
  if (network?.id === undefined && network?.name === undefined) return [];
  const is = known.find((one) => isSame(network, one.network));
  const { id, name } = network;
  return [
    {
      ...(is?.id === undefined ? {} : { id: is.id }),
      network: id === undefined ? { name } : { id },
      host_nic: placeOf(nic),
      ...assignmentsOf(nic),
      ...(nic.properties === undefined ? {} : { properties: nic.properties }),
    },
  ];
}

const bondOf = ({ id, name, bonding }: HostNic): HostNic[] =>
  bonding === undefined ? [] : [{ ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), bonding }];

/** The NIC as it is now. */
async function nicNow(request: RequestV3, isIt: (nic: Entity) => boolean): Promise<Entity> {
  const found = (await request.list(nicsAt(request))).find(isIt);
  if (found === undefined) throw notFound();
  return found;
}

/** `POST hosts/{}/nics` makes a bond, with the network on it. */
const addBond: Handler = async (request) => {
  const nic = request.neededBody('HostNic') as HostNic;
  if (nic.name === undefined) throw incomplete('HostNic [name]');
  if (nic.bonding === undefined) throw incomplete('HostNic [bonding.slaves]');
  const { context } = await setUp(request, { modified_bonds: bondOf(nic), modified_network_attachments: attachmentOf(nic, []) });
  const made = await nicNow(request, (one) => one['name'] === nic.name);
  return request.here({ reply: created('HostNic', made), context, service: 'HostNicsService' });
};

/** `PUT hosts/{}/nics/{}`: its bond, and the network on it with its addresses. */
const update: Handler = async (request) => {
  const body = { ...(request.neededBody('HostNic') as HostNic), id: request.id(1) };
  const before = await nicNow(request, (one) => one.id === body.id);
  const known = await attachmentsOf(request, attachmentsAt(request));
  const { context } = await setUp(request, {
    modified_bonds: bondOf({ ...body, name: String(before['name']) }),
    modified_network_attachments: attachmentOf(body, known),
  });
  const now = await nicNow(request, (one) => one.id === body.id);
  return request.here({ reply: entity('HostNic', now), context, service: 'HostNicService' });
};

/** `DELETE hosts/{}/nics/{}` takes a bond apart; other NICs are the host's own. */
const remove: Handler = async (request) => {
  const nic = await nicNow(request, (one) => one.id === request.id(1));
  if (nic['bonding'] === undefined) throw invalidValue('host_nic', 'only bonds can be removed');
  const known = (await request.list(attachmentsAt(request))) as NetworkAttachment[];
  return request.here(
    await setUp(request, { removed_bonds: [{ id: request.id(1) }], removed_network_attachments: known.map(({ id }) => ({ id })) }),
  );
};

const attach: Handler = async (request) => {
  const action = request.body('Action') as Action & { network?: { id?: string; name?: string } };
  const { id, name } = action.network ?? {};
  if (id === undefined && name === undefined) throw incomplete('Action [network.id|name]');
  const { context } = await request.ask('POST', attachmentsAt(request), { network: id === undefined ? { name } : { id } });
  return request.here({ reply: done(), context: { ...context, body: action as Entity }, service: undefined });
};

/** `…/detach`: the network that is named, or the only one. */
const detach: Handler = async (request) => {
  const action = request.body('Action') as Action & { network?: { id?: string; name?: string } };
  const known = await attachmentsOf(request, attachmentsAt(request));
  const wanted = action.network;
  const named = wanted?.id !== undefined || wanted?.name !== undefined;
  if (!named && known.length > 1) throw incomplete('Action [network.id|name]');
  const found = named ? known.find((one) => isSame(wanted, one.network)) : known[0];
  if (found?.id === undefined) throw entityNotFound('Network', named ? JSON.stringify(wanted).slice(0, 200) : `on NIC ${request.id(1)}`);
  const { context } = await request.ask('DELETE', [...attachmentsAt(request), found.id]);
  return request.here({ reply: done(), context: { ...context, body: action as Entity }, service: undefined });
};

/** `POST hosts/{}/nics/setupnetworks`: the NICs are all that the host shall have; networks and bonds that they don't name go. */
const setUpNetworks: Handler = async (request) => {
  const action = request.neededBody('Action') as Action & { host_nics?: HostNic[] };
  const nics = action.host_nics;
  if (nics === undefined) throw incomplete('Action [host_nics]');
  const known = await attachmentsOf(request, ['hosts', request.id(0), 'networkattachments']);
  const bonds = ((await request.list(nicsAt(request))) as HostNic[]).filter(({ bonding }) => bonding !== undefined);
  const wanted = nics.flatMap((nic) => attachmentOf(nic, known));
  const isWanted = (attachment: NetworkAttachment): boolean =>
    wanted.some(({ id, network }) => (id === undefined ? isSame(network, attachment.network) : id === attachment.id));
  const outcome = await setUp(request, {
    modified_bonds: nics.flatMap(bondOf),
    removed_bonds: bonds.filter((bond) => !nics.some((nic) => isSame(nic, bond))).map(({ id }) => ({ id })),
    modified_network_attachments: wanted,
    removed_network_attachments: known.filter((one) => !isWanted(one)).map(({ id }) => ({ id })),
    ...(action.check_connectivity === undefined ? {} : { check_connectivity: action.check_connectivity }),
    ...(action.connectivity_timeout === undefined ? {} : { connectivity_timeout: action.connectivity_timeout }),
    ...(action.async === undefined ? {} : { async: action.async }),
  });
  return request.here(outcome);
};

/** Operations of version 3 on NICs of hosts that version 4 has not. */
export const hostNicHandlers: Readonly<Record<string, Handler>> = {
  'POST hosts/{}/nics': addBond,
  'PUT hosts/{}/nics/{}': update,
  'DELETE hosts/{}/nics/{}': remove,
  'POST hosts/{}/nics/{}/attach': attach,
  'POST hosts/{}/nics/{}/detach': detach,
  'POST hosts/{}/nics/setupnetworks': setUpNetworks,
};
