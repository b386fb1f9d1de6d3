import { DomainMigrateFlags, parameter, parameterNames } from '@virgate/libvirt';
import type { TypedParam } from '@virgate/libvirt';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseXml } from '../domain-xml/parse.ts';
import { writeXml } from '../domain-xml/write.ts';
import { guestStatistics } from '../guest/facts.ts';
import type { VmRegistry } from '../vm/registry.ts';
import type { Vm } from '../vm/vm.ts';
import { repin } from './document.ts';
import { libvirtTlsPort } from './gateway.ts';
import { maximumPayloadBytes, ownKeys } from './incoming.ts';
import { uriHost } from './order.ts';
import type { MigrationOrder } from './order.ts';

/** Images of the VM's payloads in base64 by target device; the other host has none of them. */
async function payloadsOf(vms: VmRegistry, vm: Vm): Promise<Record<string, string>> {
  const { payloadDirectory } = vms.dependencies;
  const disks = (vm.facts?.disks ?? []).filter((disk) => dirname(disk.path) === payloadDirectory);
  let bytes = 0;
  const images: [string, string][] = [];
  for (const { target, path } of disks) {
    const content = await readFile(path);
    bytes += content.length;
    if (bytes > maximumPayloadBytes) throw new Error(`The CDs with files of the VM have more than ${maximumPayloadBytes} bytes together`);
    images.push([target, content.toString('base64')]);
  }
  return Object.fromEntries(images);
}

/**
 * What the other host's agent is told of a VM that is to go there (VDSM schema, VmDefinition as VM.migrationCreate has it).
 *
 * @param xml the document with which it is to run there
 */
export async function definitionFor(vms: VmRegistry, vm: Vm, order: MigrationOrder, xml: string): Promise<Record<string, unknown>> {
  const { clock } = vms.dependencies;
  const guest = guestStatistics(vm.guest);
  const payloads = await payloadsOf(vms, vm);
  return {
    vmId: vm.vmId,
    vmName: vm.name,
    xml,
    _srcDomXML: xml,
    elapsedTimeOffset: Math.max(0, (clock.monotonicMs() - (vm.state.startedMs ?? clock.monotonicMs())) / 1000),
    guestFQDN: guest['guestFQDN'] ?? '',
    username: guest['username'] ?? '',
    netIfaces: guest['netIfaces'] ?? [],
    enableGuestEvents: order.guestEvents,
    migrationDest: 'libvirt',
    ...(Object.keys(payloads).length === 0 ? {} : { [ownKeys.payloads]: payloads }),
    ...(vm.consoleEnd
      ? { [ownKeys.consoleEnd]: { disconnectAction: vm.consoleEnd.action, consoleDisconnectActionDelay: vm.consoleEnd.delayMinutes } }
      : {}),
  };
}

/** Where the destination's libvirt is, with this host's certificate to show there. */
export function destinationUri(order: MigrationOrder, pkiDirectory: string, port: number = libvirtTlsPort): string {
  const { host } = order.destination;
  return `qemu+tls://${uriHost(host)}${port === libvirtTlsPort ? '' : `:${port}`}/system?pkipath=${encodeURIComponent(pkiDirectory)}`;
}

/** libvirt's parameters of a migration. @param document the domain as it is to run there; undefined leaves it as it is */
export function libvirtParameters(vm: Vm, order: MigrationOrder, document: string | undefined): TypedParam[] {
  const { maximumMibPerSecond, consoleAddress, encrypted, dataAddress, destination } = order;
  const { parallel } = compatibleWays(order, vm.state.phase === 'paused');
  const graphics = vm.facts?.graphics[0];
  const { MIGRATE_PARAM_URI, MIGRATE_PARAM_BANDWIDTH, MIGRATE_PARAM_PARALLEL_CONNECTIONS, MIGRATE_PARAM_GRAPHICS_URI } = parameterNames;
  const { MIGRATE_PARAM_DEST_XML, MIGRATE_PARAM_PERSIST_XML, MIGRATE_PARAM_TLS_DESTINATION } = parameterNames;
  const xml = document === undefined ? undefined : pinned(document, order);
  return [
    parameter.string(MIGRATE_PARAM_URI, `tcp://${uriHost(dataAddress)}`),
    ...(maximumMibPerSecond === undefined ? [] : [parameter.ullong(MIGRATE_PARAM_BANDWIDTH, maximumMibPerSecond)]),
    ...(parallel === undefined ? [] : [parameter.int(MIGRATE_PARAM_PARALLEL_CONNECTIONS, parallel)]),
    ...(consoleAddress === undefined || !graphics
      ? []
      : [parameter.string(MIGRATE_PARAM_GRAPHICS_URI, `${graphics.type}://${uriHost(consoleAddress)}`)]),
    ...(xml === undefined ? [] : [parameter.string(MIGRATE_PARAM_DEST_XML, xml), parameter.string(MIGRATE_PARAM_PERSIST_XML, xml)]),
    ...(encrypted ? [parameter.string(MIGRATE_PARAM_TLS_DESTINATION, destination.host)] : []),
  ];
}

function pinned(document: string, { cpuSets, numaNodeSets }: MigrationOrder): string {
  if (!cpuSets && !numaNodeSets) return document;
  const domain = parseXml(document);
  repin(domain, cpuSets, numaNodeSets);
  return writeXml(domain);
}

/**
 * What of an order QEMU can do together. What can't be had with something weightier is left out, since the VM goes without it as well: a
 * paused VM needs no post-copy, post-copy knows one connection only, and zero copy only plain memory over several. Pure.
 */
export function compatibleWays(
  order: MigrationOrder,
  isPaused: boolean,
): { postcopy: boolean; parallel: number | undefined; zeroCopy: boolean } {
  const actions = [...order.schedule.init, ...order.schedule.stalling.map(({ action }) => action)];
  const postcopy = !isPaused && actions.some(({ name }) => name === 'postcopy');
  const parallel = postcopy ? undefined : order.parallelConnections;
  return { postcopy, parallel, zeroCopy: order.zeroCopy && parallel !== undefined && !order.encrypted && !order.compressed };
}

/** libvirt's flags of a migration. Pure. */
export function libvirtFlags(order: MigrationOrder, { unsafe, isPaused }: { unsafe: boolean; isPaused: boolean }): number {
  const flags = DomainMigrateFlags;
  const { postcopy, parallel, zeroCopy } = compatibleWays(order, isPaused);
  const chosen: [boolean, number][] = [
    [order.abortOnError, flags.ABORT_ON_ERROR],
    [order.autoConverge, flags.AUTO_CONVERGE],
    [order.compressed, flags.COMPRESSED],
    [order.encrypted, flags.TLS],
    [parallel !== undefined, flags.PARALLEL],
    [zeroCopy, flags.ZEROCOPY],
    [postcopy, flags.POSTCOPY],
    [unsafe, flags.UNSAFE],
  ];
  return chosen.reduce((sum, [wanted, flag]) => (wanted ? sum | flag : sum), flags.LIVE | flags.PEER2PEER | flags.PERSIST_DEST);
}
