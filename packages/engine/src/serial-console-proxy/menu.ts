import { maxListed, type SerialConsole } from './consoles.ts';
import { asciiJson, safeText } from './safe-text.ts';

/** The consoles in the forms of `list`. Source: oVirt, ovirt-vmconsole: README.API. */
export function listText(consoles: readonly SerialConsole[], format: 'plain' | 'json'): string {
  if (format === 'plain') return consoles.map(({ vmId, vmName }) => `${vmId}\t${safeText(vmName)}\n`).join('');
  const entries = consoles.map(({ vmId, vmName, host }) => ({ console: 'default', host, vm: vmName, vmid: vmId }));
  return `${asciiJson({ consoles: entries, content: 'console_list', version: 1 })}\n`;
}

/** The menu of several consoles. */
export function menuText(consoles: readonly SerialConsole[]): string {
  const width = String(consoles.length).length;
  const lines = consoles.map(({ vmId, vmName }, index) => `  ${String(index + 1).padStart(width)}  ${safeText(vmName)} [${vmId}]`);
  const more = consoles.length < maxListed ? [] : ['  There may be more: connect --vm-name NAME opens those.'];
  return ['Available serial consoles:', ...lines, ...more, '', 'To close a console: Enter, then ~.', ''].join('\n');
}

/** The console that is meant by an answer to the menu: its number, or the name or id of its VM. */
export function chosen(consoles: readonly SerialConsole[], answer: string): SerialConsole | undefined {
  const text = answer.trim();
  if (/^\d{1,6}$/.test(text)) return consoles[Number(text) - 1];
  const named = consoles.filter(({ vmName, vmId }) => vmName === text || vmId === text.toLowerCase());
  return named.length === 1 ? named[0] : undefined;
}
