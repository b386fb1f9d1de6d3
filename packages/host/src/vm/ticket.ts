import { DomainDeviceModifyFlags, DomainXMLFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { child, childrenNamed } from '../domain-xml/element.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { writeXml, isWritableText } from '../domain-xml/write.ts';
import {
  errorCode,
  invalidParameter,
  notImplemented,
  readObject,
  readOptionalInteger,
  readOptionalText,
  readText,
  readUuid,
} from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { readConsoleEnd } from './console-end.ts';
import { runVmHook } from './hooks.ts';
import { updateNic } from './hot-plug.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** Longest password that SPICE takes; VNC itself compares the first eight characters only. */
const maximumPasswordLength = 60;
/** Longest life of a ticket: a year. */
const maximumTicketSeconds = 366 * 86_400;

interface Ticket {
  type: 'vnc' | 'spice';
  password: string;
  /** 0 = without end. */
  seconds: number;
  /** What happens to those who are connected. */
  connected: string | undefined;
  /** For whom it is, as hooks are told: `userName` and `userId`. */
  user: Record<string, string>;
}

function readUser(params: Record<string, unknown>): Record<string, string> {
  const said = readObject({ params: params['params'] ?? {} }, 'params');
  return Object.fromEntries(
    ['userName', 'userId'].flatMap((name) => {
      const value = readOptionalText(said, name, 1024);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function setTicket(vms: VmRegistry, vm: Vm, ticket: Ticket): Promise<void> {
  const { clock } = vms.dependencies;
  await runVmHook(vms, vm, 'before_vm_set_ticket', vm.documentXml, ticket.user);
  await vms.call(vm, 'control', async (connection) => {
    const domain = parseXml(await connection.domainGetXMLDesc(vm.vmId, DomainXMLFlags.SECURE));
    const devices = child(domain, 'devices');
    const graphics = (devices ? childrenNamed(devices, 'graphics') : []).find((node) => node.attributes.get('type') === ticket.type);
    if (!graphics) throw new VdsmError(errorCode.ticketFailed, `Virtual machine ${vm.vmId} has no ${ticket.type} console`);
    graphics.attributes.set('passwd', ticket.password);
    graphics.attributes.delete('passwdValidTo');
    // libvirt wants UTC without a zone and without parts of seconds.
    if (ticket.seconds > 0)
      graphics.attributes.set('passwdValidTo', new Date(clock.nowMs() + ticket.seconds * 1000).toISOString().slice(0, 19));
    if (ticket.type === 'spice' && ticket.connected !== undefined) graphics.attributes.set('connected', ticket.connected);
    await connection.domainUpdateDevice(vm.vmId, writeXml(graphics), DomainDeviceModifyFlags.LIVE);
  });
  await runVmHook(vms, vm, 'after_vm_set_ticket', vm.documentXml, ticket.user);
}

function readTicket(params: Record<string, unknown>): Ticket {
  const type = readText(params, 'graphicsType', 16);
  if (type !== 'vnc' && type !== 'spice') throw invalidParameter('graphicsType', 'vnc or spice is needed');
  const password = readText(params, 'password', maximumPasswordLength);
  if (password === '' || !isWritableText(password))
    throw invalidParameter('password', `1 to ${maximumPasswordLength} printable characters are needed`);
  const connected = readOptionalText(params, 'existingConnAction', 16);
  if (connected !== undefined && !['keep', 'disconnect', 'fail'].includes(connected))
    throw invalidParameter('existingConnAction', 'keep, disconnect or fail is needed');
  const seconds = readOptionalInteger(params, 'ttl', { minimum: 0, maximum: maximumTicketSeconds }) ?? 0;
  return { type, password, seconds, connected, user: readUser(params) };
}

/**
 * The verb VM.updateDevice. For graphics it sets the console's ticket: the password that opens it and
 * how many seconds it does (VDSM schema, vmUpdateGraphicsDeviceParams); a network interface gets another network, link or filter.
 */
export function updateDevice(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const device = readObject(params, 'params');
    const deviceType = readText(device, 'deviceType', 64);
    if (deviceType === 'interface') {
      await updateNic(vms, vm, device).catch((error: unknown) => {
        throw asFault(error, errorCode.updateDeviceFailed);
      });
      return { vmList: {} };
    }
    if (deviceType !== 'graphics')
      throw notImplemented(
        'VM.updateDevice',
        'this host agent changes graphics and network interfaces, other devices of a running VM not yet',
      );
    const ticket = readTicket(device);
    const consoleEnd = readConsoleEnd(device);
    try {
      await vms.inTurn(vm, () => setTicket(vms, vm, ticket));
    } catch (error) {
      throw asFault(error, errorCode.ticketFailed);
    }
    if (consoleEnd !== undefined) {
      vm.consoleEnd = consoleEnd;
      await vms.save(vm);
    }
    return { vmList: {} };
  };
}

/** The older verb VM.setTicket: the ticket of the first console (VDSM schema, VM.setTicket). */
export function setVmTicket(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const ticket = readTicket({ ...params, graphicsType: vm.facts?.graphics[0]?.type ?? 'vnc' });
    try {
      await vms.inTurn(vm, () => setTicket(vms, vm, ticket));
    } catch (error) {
      throw asFault(error, errorCode.ticketFailed);
    }
    return true;
  };
}
