import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from '../data-folder.ts';
import { LauncherError } from '../errors.ts';
import { ProgramError, runProgram } from './run.ts';

/** What runs guests: the processor's virtualization, or emulation. */
export type Accelerator = 'kvm' | 'tcg';

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** Why, for a person. */
  readonly reason: string;
}

interface KeptChoice extends AcceleratorChoice {
  readonly kernel: string;
  readonly bootId: string;
}

/** A machine with KVM needs about a second; where KVM is broken the guest hangs for ever. */
export const PROBE_DEADLINE_MS = 15_000;
const BOOT_SECTOR_BYTES = 512;
/** QEMU's isa-debug-exit ends the process with 2 × value + 1. */
const EXIT_PORT = 0xf4;
const EXIT_VALUE = 0x2a;
const EXPECTED_EXIT_CODE = EXIT_VALUE * 2 + 1;

/** A boot sector whose only work is to end QEMU with a code that nothing else gives: mov al, value; out port, al; hlt; jmp $. */
export function probeBootSector(): Buffer {
  const sector = Buffer.alloc(BOOT_SECTOR_BYTES);
  Buffer.from([0xb0, EXIT_VALUE, 0xe6, EXIT_PORT, 0xf4, 0xeb, 0xfd]).copy(sector);
  sector.writeUInt16LE(0xaa55, BOOT_SECTOR_BYTES - 2);
  return sector;
}

/** Whether a guest really runs: the firmware loads our boot sector, and that ends QEMU. @returns why not, or undefined */
export async function whyProbeGuestFails(accelerator: Accelerator, deadlineMs = PROBE_DEADLINE_MS): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  try {
    const disk = join(folder, 'disk');
    await writeFile(disk, probeBootSector());
    await runProgram(
      [
        'qemu-system-x86_64', '-accel', accelerator, '-nodefaults', '-display', 'none', '-m', '32', '-no-reboot', '-drive', `file=${disk},format=raw,if=ide,snapshot=on`,
        '-device', `isa-debug-exit,iobase=0x${EXIT_PORT.toString(16)},iosize=0x01`,
      ],
      { timeoutMs: deadlineMs },
    );
    return 'the probe guest ended in an unexpected way';
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    if (error.exitCode === EXPECTED_EXIT_CODE) return undefined;
    return error.exitCode === null ? `the probe guest did not run within ${deadlineMs / 1000} s` : (error.message.split('\n').at(-1) ?? error.message);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

async function probe(): Promise<AcceleratorChoice> {
  if (process.arch !== 'x64') return { accelerator: 'tcg', reason: `guests of x86_64 are emulated on ${process.arch}` };
  if (!existsSync('/dev/kvm')) return { accelerator: 'tcg', reason: 'this machine has no /dev/kvm, guests are emulated' };
  const kvm = await whyProbeGuestFails('kvm');
  if (kvm === undefined) return { accelerator: 'kvm', reason: 'a probe guest ran with KVM' };
  return { accelerator: 'tcg', reason: `KVM is there but does not work (${kvm}), guests are emulated` };
}

/**
 * What guests run with: `VIRGATE_ACCEL` when it is set, else KVM where a probe guest runs with it, else emulation. The result is kept
 * until the machine is booted anew or has another kernel.
 * @throws {LauncherError} bad_option
 */
export async function chooseAccelerator(folder: DataFolder, override = process.env['VIRGATE_ACCEL']): Promise<AcceleratorChoice> {
  if (override !== undefined && override !== '') {
    if (override !== 'kvm' && override !== 'tcg') throw new LauncherError('bad_option', `VIRGATE_ACCEL is ${override}`, 'Set it to kvm or tcg, or unset it.');
    return { accelerator: override, reason: 'VIRGATE_ACCEL says so' };
  }
  const file = folder.at('cache', 'accelerator.json');
  const machine = { kernel: release(), bootId: bootId() };
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptChoice;
    if (kept.kernel === machine.kernel && kept.bootId === machine.bootId) return { accelerator: kept.accelerator, reason: kept.reason };
  }
  const choice = await probe();
  folder.write('cache/accelerator.json', { ...choice, ...machine } satisfies KeptChoice);
  return choice;
}
