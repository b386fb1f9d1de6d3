import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import { errorCode, invalidParameter } from '../verb.ts';

const namePattern = /^pci_([0-9a-f]{4})_([0-9a-f]{2})_([0-9a-f]{2})_([0-7])$/;

/**
 * Makes another number of virtual functions of a network card. The kernel takes a number only from a card that has none, so those that
 * are there go first.
 *
 * @param deviceName as in Host.hostdevListByCaps
 * @param root where the kernel shows its devices
 * @throws VdsmError 91 for what makes no virtual functions or not so many, 100 when the kernel refuses
 */
export async function changeVirtualFunctions(deviceName: string, count: number, root = '/sys'): Promise<void> {
  const [, domain, bus, slot, number] = namePattern.exec(deviceName) ?? [];
  if (number === undefined) throw invalidParameter('deviceName', 'the name of a PCI device is needed');
  const folder = join(root, 'bus/pci/devices', `${domain}:${bus}:${slot}.${number}`);
  const read = async (name: string): Promise<number> =>
    Number((await readFile(join(folder, name), 'utf8').catch(() => '')).trim() || 'NaN');
  const most = await read('sriov_totalvfs');
  if (!(most > 0)) throw invalidParameter('deviceName', 'a device that makes virtual functions is needed');
  if (count > most) throw invalidParameter('numvfs', `at most ${most} for this device`);
  const before = await read('sriov_numvfs');
  if (before === count) return;
  try {
    if (before > 0) await writeFile(join(folder, 'sriov_numvfs'), '0');
    if (count > 0) await writeFile(join(folder, 'sriov_numvfs'), String(count));
  } catch (error) {
    throw new VdsmError(errorCode.general, `The kernel makes no ${count} virtual functions of ${deviceName}: ${String(error)}`, {
      cause: error,
    });
  }
}
