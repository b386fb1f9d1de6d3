import { element, serialize } from './domain-xml/element.ts';
import { alias } from './domain-xml/disks.ts';

const mib = 1024 ** 2;

/** Memory is plugged in pieces of this. Source: engine configuration, HotPlugMemoryBlockSizeMb. */
export const memoryBlockBytes = 256 * mib;
/** The first piece for guests that need a small one of the ordinary zone. Source: operating system facts, devices.memoryHotplug.specialBlock. */
export const specialBlockBytes = 128 * mib;
/** Pieces that a machine holds. Source: engine configuration, MaxMemorySlots. */
export const memorySlots = 16;

/** A piece of memory that was plugged into a running machine. */
export interface MemoryDevice {
  alias: string;
  bytes: number;
}

/** The pieces of a domain as its host runs it. Pure. */
export function memoryDevicesOf(domain: string): MemoryDevice[] {
  return [...domain.matchAll(/<memory\b[^>]*\bmodel=["']dimm["'][^>]*>([^]*?)<\/memory>/g)].flatMap(([, inner = '']) => {
    const kib = Number(/<size\b[^>]*>\s*(\d+)\s*</.exec(inner)?.[1] ?? 0);
    const name = /<alias\b[^>]*\bname=["']([^"']+)["']/.exec(inner)?.[1];
    return name === undefined || kib === 0 ? [] : [{ alias: name, bytes: kib * 1024 }];
  });
}

/** In which pieces memory is plugged. Pure. */
export const piecesOf = (bytes: number, special: boolean): number[] =>
  special && bytes > specialBlockBytes ? [specialBlockBytes, bytes - specialBlockBytes] : [bytes];

/** The pieces that together come closest to what is to go, without going beyond it: the largest first. Pure. */
export function piecesToUnplug(devices: readonly MemoryDevice[], bytes: number): MemoryDevice[] {
  let left = bytes;
  return devices
    .toSorted((one, other) => other.bytes - one.bytes)
    .filter((device) => {
      if (device.bytes > left) return false;
      left -= device.bytes;
      return true;
    });
}

/** The document by which a piece is plugged, or unplugged. Source: VDSM schema, HotplugMemoryParams. */
const document = (device: MemoryDevice): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${serialize(
    element('hotplug', {}, [
      element('devices', {}, [
        element('memory', { model: 'dimm' }, [
          element('target', {}, [element('size', { unit: 'KiB' }, device.bytes / 1024), element('node', {}, 0)]),
          element('alias', { name: device.alias }),
        ]),
      ]),
    ]),
  )}`;

/** The parameters of `VM.hotplugMemory` and `VM.hotunplugMemory`. */
export const memoryCall = (vmId: string, device: MemoryDevice, guaranteedBytes: number): Record<string, unknown> => ({
  vmID: vmId,
  params: { vmId, memGuaranteedSize: Math.floor(guaranteedBytes / mib), xml: document(device) },
});

/** A piece of this engine's making. */
export const memoryDevice = (id: string, bytes: number): MemoryDevice => ({ alias: alias(id), bytes });
