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

/** The probe guest takes about two seconds, on a busy machine some more; where KVM is broken it hangs for ever. */
export const PROBE_DEADLINE_MS = 15_000;
const BOOT_SECTOR_BYTES = 512;
/** QEMU's isa-debug-exit ends the process with 2 × value + 1. */
const EXIT_PORT = 0xf4;
const EXIT_VALUE = 0x2a;
const EXPECTED_EXIT_CODE = EXIT_VALUE * 2 + 1;

/** Ticks of the BIOS clock (18.2 a second) that the probe guest waits for. */
const PROBE_TICKS = 27;

/**
 * A boot sector that waits for ticks of the BIOS clock and then ends QEMU with a code that nothing else gives. It is not enough that a
 * guest begins: where virtualization is broken, guests often stop at their first interrupts.
 */
export function probeBootSector(): Buffer {
  const sector = Buffer.alloc(BOOT_SECTOR_BYTES);
  Buffer.from([
    0xfb, // sti
    0x31,
    0xc0,
    0x8e,
    0xd8, // xor ax, ax; mov ds, ax
    0x8b,
    0x1e,
    0x6c,
    0x04, // mov bx, [0x46c]: ticks since midnight
    0x83,
    0xc3,
    PROBE_TICKS, // add bx, ticks
    0xa1,
    0x6c,
    0x04, // mov ax, [0x46c]
    0x29,
    0xd8, // sub ax, bx
    0x78,
    0xf9, // js to the second line above
    0xb0,
    EXIT_VALUE,
    0xe6,
    EXIT_PORT, // mov al, value; out port, al
    0xf4,
    0xeb,
    0xfd, // hlt; jmp to it
  ]).copy(sector);
  sector.writeUInt16LE(0xaa55, BOOT_SECTOR_BYTES - 2);
  return sector;
}

/** The kernel of a guest, which runs as a probe when its command line holds `virgate.probe`. */
export interface ProbeKernel {
  readonly kernelPath: string;
  readonly initrdPath: string;
}

const KERNEL_SAYS = 'VIRGATE-PROBE-RAN';
const QEMU = ['qemu-system-x86_64', '-nodefaults', '-display', 'none', '-no-reboot'] as const;

/** How a run of QEMU ended: its output, or what went wrong. */
async function runProbe(
  args: readonly string[],
  deadlineMs: number,
): Promise<{ output: string; exitCode: number | null; message: string }> {
  try {
    return {
      output: await runProgram([QEMU[0], ...QEMU.slice(1), ...args], { timeoutMs: deadlineMs }),
      exitCode: 0,
      message: 'the probe guest ended in an unexpected way',
    };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const message =
      error.exitCode === null
        ? `a probe guest did not run within ${deadlineMs / 1000} s`
        : (error.message.split('\n').at(-1) ?? error.message);
    return { output: '', exitCode: error.exitCode, message };
  }
}

async function whyBootSectorFails(accelerator: Accelerator, deadlineMs: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'));
  try {
    const disk = join(folder, 'disk');
    await writeFile(disk, probeBootSector());
    const device = `isa-debug-exit,iobase=0x${EXIT_PORT.toString(16)},iosize=0x01`;
    const result = await runProbe(
      ['-accel', accelerator, '-m', '32', '-drive', `file=${disk},format=raw,if=ide,snapshot=on`, '-device', device],
      deadlineMs,
    );
    return result.exitCode === EXPECTED_EXIT_CODE ? undefined : result.message;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Whether a guest really runs with an accelerator: a kernel when there is one, else a boot sector.
 * @returns why not, or undefined
 */
export async function whyProbeGuestFails(
  accelerator: Accelerator,
  kernel?: ProbeKernel,
  deadlineMs = PROBE_DEADLINE_MS,
): Promise<string | undefined> {
  if (kernel === undefined) return whyBootSectorFails(accelerator, deadlineMs);
  const { output, message } = await runProbe(
    [
      '-accel',
      accelerator,
      '-m',
      '128',
      '-serial',
      'stdio',
      '-kernel',
      kernel.kernelPath,
      '-initrd',
      kernel.initrdPath,
      '-append',
      'console=ttyS0 quiet virgate.probe panic=-1',
    ],
    deadlineMs,
  );
  return output.includes(KERNEL_SAYS) ? undefined : message;
}

/** Whether the processor itself says that it can run guests. */
export function hasVirtualization(cpuinfo: string): boolean {
  return /^flags\s*:.*\b(?:vmx|svm)\b/m.test(cpuinfo);
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

async function probe(kernel: ProbeKernel | undefined): Promise<AcceleratorChoice> {
  if (process.arch !== 'x64') return { accelerator: 'tcg', reason: `guests of x86_64 are emulated on ${process.arch}` };
  if (!existsSync('/dev/kvm')) return { accelerator: 'tcg', reason: 'this machine has no /dev/kvm, guests are emulated' };
  if (!hasVirtualization(readFileSync('/proc/cpuinfo', 'latin1')))
    return { accelerator: 'tcg', reason: 'this processor shows no virtualization (vmx or svm), guests are emulated' };
  const kvm = await whyProbeGuestFails('kvm', kernel);
  if (kvm === undefined) return { accelerator: 'kvm', reason: 'a probe guest ran with KVM' };
  return { accelerator: 'tcg', reason: `KVM is there but does not work (${kvm}), guests are emulated` };
}

/**
 * What guests run with: `VIRGATE_ACCEL` when it is set, else KVM where a probe guest runs with it, else emulation. The result is kept
 * until the machine is booted anew or has another kernel.
 * @throws {LauncherError} bad_option
 */
export async function chooseAccelerator(
  folder: DataFolder,
  kernel: ProbeKernel | undefined,
  override = process.env['VIRGATE_ACCEL'],
): Promise<AcceleratorChoice> {
  if (override !== undefined && override !== '') {
    if (override !== 'kvm' && override !== 'tcg')
      throw new LauncherError('bad_option', `VIRGATE_ACCEL is ${override}`, 'Set it to kvm or tcg, or unset it.');
    return { accelerator: override, reason: 'VIRGATE_ACCEL says so' };
  }
  const file = folder.at('cache', 'accelerator.json');
  const machine = { kernel: release(), bootId: bootId() };
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptChoice;
    if (kept.kernel === machine.kernel && kept.bootId === machine.bootId) return { accelerator: kept.accelerator, reason: kept.reason };
  }
  const choice = await probe(kernel);
  folder.write('cache/accelerator.json', { ...choice, ...machine } satisfies KeptChoice);
  return choice;
}
