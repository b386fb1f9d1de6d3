import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';

/**
 * Makes the bridge for NICs without network when it is not there. It is never up, so nothing passes
 * between its ports.
 */
export async function ensureUnpluggedBridge(name: string): Promise<void> {
  const { stdout } = await runCommand(['ip', '-j', 'link', 'show', 'type', 'bridge'], { timeoutMs: 10_000 });
  const links = (stdout.trim() === '' ? [] : JSON.parse(stdout)) as { ifname?: string }[];
  if (links.some((link) => link.ifname === name)) return;
  try {
    await runCommand(['ip', 'link', 'add', 'name', name, 'type', 'bridge'], { timeoutMs: 10_000 });
  } catch (error) {
    // Another VM's start may have been faster.
    if (!/File exists/.test(String(error))) throw error;
  }
}

/** Removes the bridge when no NIC is on it. */
export async function removeUnpluggedBridge(name: string): Promise<void> {
  const ports = await readdir(join('/sys/class/net', name, 'brif')).catch(() => undefined);
  if (ports?.length === 0) await runCommand(['ip', 'link', 'delete', name, 'type', 'bridge'], { timeoutMs: 10_000 });
}
