import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { apiScope, issueToken } from '../access/tokens.ts';
import { holdsPermit } from '../access/permissions.ts';
import { hostSetupOf } from '../hosts/setup.ts';
import { conflict, forbidden } from '../rest/fault.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { actedConsole } from './read.ts';
import { secureChannelsOf } from './secure-channels.ts';
import { clientAddressOfConsole, grantTicket, newTicket, runningVm, vncUserOf } from './ticket.ts';

/** How long the password in a connection file opens the console, in seconds. Source: REST contract, .vv. */
const ticketSeconds = 120;

/** What a connection file says. */
export interface ViewerFacts {
  protocol: 'vnc' | 'spice';
  host: string;
  port: number | undefined;
  tlsPort: number | undefined;
  password: string;
  ticketSeconds: number;
  vmName: string;
  vmId: string;
  toggleFullscreen: string;
  releaseCursor: string;
  usbAutoShare: boolean;
  smartcard: boolean;
  secureChannels: string[];
  spiceProxy: string;
  /** Beside the password, where VNC has users. */
  username: string;
  /** Subject of the host's certificate, as SPICE compares it. */
  hostSubject: string;
  versions: string;
  newerVersionUrl: string;
  engine: { host: string; token: string; administrator: boolean; caPem: string };
}

const flag = (value: boolean): string => (value ? '1' : '0');
/** A certificate in one line. */
const inOneLine = (pem: string): string => pem.trim().replaceAll('\r', '').replaceAll('\n', '\\n');
/** Values end with their line. */
const plain = (value: string): string => value.replace(/[\r\n]/g, ' ');

/** The keys of a section in the order in which viewers have always got them; keys without a value are left out. */
const section = (name: string, entries: readonly (readonly [string, string | undefined] | string)[]): string =>
  [
    `[${name}]`,
    ...entries.flatMap((entry) => {
      if (typeof entry === 'string') return [entry];
      const [key, value] = entry;
      return value === undefined || value === '' ? [] : [`${key}=${plain(value)}`];
    }),
  ].join('\n');

/** The file by which remote-viewer opens a console. Pure. Source: REST contract, .vv: keys and their order. */
export function viewerFileText(facts: ViewerFacts): string {
  const { engine } = facts;
  const ca = inOneLine(engine.caPem);
  const spice: readonly (readonly [string, string | undefined])[] = [
    ['tls-port', facts.tlsPort === undefined ? undefined : String(facts.tlsPort)],
    ['enable-smartcard', flag(facts.smartcard)],
    ['enable-usb-autoshare', flag(facts.usbAutoShare)],
    ['usb-filter', facts.usbAutoShare ? '-1,-1,-1,-1,0' : undefined],
    ['tls-ciphers', facts.tlsPort === undefined ? undefined : 'DEFAULT'],
    ['host-subject', facts.tlsPort === undefined ? undefined : facts.hostSubject],
    ['ca', facts.tlsPort === undefined ? undefined : ca],
    ['proxy', facts.spiceProxy],
    ['secure-channels', facts.tlsPort === undefined ? undefined : facts.secureChannels.join(';')],
  ];
  const viewer = section('virt-viewer', [
    ['type', facts.protocol],
    ['host', facts.host],
    ['port', facts.port === undefined ? (facts.protocol === 'spice' ? '-1' : undefined) : String(facts.port)],
    ['password', facts.password],
    `# Password is valid for ${facts.ticketSeconds} seconds.`,
    ['delete-this-file', '1'],
    ['fullscreen', '0'],
    ['title', `${facts.vmName}:%d`],
    ['toggle-fullscreen', facts.toggleFullscreen],
    ['release-cursor', facts.releaseCursor],
    ['secure-attention', 'ctrl+alt+end'],
    ...(facts.protocol === 'spice' ? spice : [['username', facts.username] as const]),
    ['versions', facts.versions],
    ['newer-version-url', facts.newerVersionUrl],
  ]);
  const ovirt = section('ovirt', [
    ['host', engine.host],
    ['vm-guid', facts.vmId],
    ['sso-token', engine.token],
    ['admin', flag(engine.administrator)],
    ['ca', ca],
  ]);
  return `${viewer}\n\n${ovirt}\n`;
}

/** The proxy through which viewers reach SPICE: that of the VM's pool, else of its cluster; null where neither says one. */
async function spiceProxyOf(db: Kysely<Tables>, vmId: string): Promise<string | null> {
  const found = await sql<{ proxy: string | null }>`
    select coalesce(nullif(p.settings -> 'display' ->> 'proxy', ''), nullif(c.settings -> 'display' ->> 'proxy', '')) as proxy
    from vm t left join cluster c on c.id = t.cluster_id left join vm_pool_member m on m.vm_id = t.id left join vm_pool p on p.id = m.vm_pool_id
    where t.id = ${vmId}`.execute(db);
  return found.rows[0]?.proxy ?? null;
}

/**
 * Opens a console: sets a password that is good for two minutes, and writes the file that says where it is.
 * @throws {Fault} 403; 404; 409 when the VM has no such console now
 */
export async function viewerFile(context: Context, vmId: string, protocol: string): Promise<string> {
  const { engine, user } = context;
  if (!(await holdsPermit(context.db, user, 'connect_to_vm', { type: 'vm', id: vmId }))) throw forbidden('connect_to_vm');
  const vm = await runningVm(engine, vmId);
  const console = vm.consoles.find((one) => one.type === protocol);
  if (!console || (console.port === undefined && console.tlsPort === undefined))
    throw conflict('VM_HAS_NO_CONSOLE', { VAR_ACTION: 'open the console of', VAR_TYPE: 'VM' });
  const password = newTicket();
  await grantTicket(context, vmId, vm, { value: password, expirySeconds: ticketSeconds, type: protocol });
  const setup = await hostSetupOf(context.db, vm.hostId);
  const option = (name: string): string => engine.options.text(name);
  const url = option('RemoteViewerNewerVersionUrl');
  const { settings } = await context.db.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirstOrThrow();
  const display = (settings as { display?: { smartcard_enabled?: boolean } }).display;
  return viewerFileText({
    protocol: protocol as 'vnc' | 'spice',
    host: await clientAddressOfConsole(context.db, vm.hostId, console),
    port: console.port,
    tlsPort: console.tlsPort,
    password,
    ticketSeconds,
    vmName: vm.name,
    vmId,
    toggleFullscreen: option('ConsoleToggleFullScreenKeys'),
    releaseCursor: option('ConsoleReleaseCursorKeys'),
    usbAutoShare: option('SpiceUsbAutoShare') === 'true',
    smartcard: display?.smartcard_enabled ?? false,
    secureChannels: secureChannelsOf(engine.options),
    spiceProxy: (await spiceProxyOf(context.db, vmId)) ?? option('SpiceProxyDefault'),
    username: setup.fips && protocol === 'vnc' ? vncUserOf(vmId) : '',
    hostSubject: option('EnableSpiceRootCertificateValidation') === 'true' ? (setup.subject ?? '').replaceAll(', ', ',') : '',
    versions: option('RemoteViewerSupportedVersions'),
    // A default that stands for a page of downloads says nothing here: there is none.
    newerVersionUrl: url.startsWith('${') ? '' : url,
    engine: {
      host: context.host.includes(':') ? context.host : `${context.host}:443`,
      token: await issueToken(context.db, { kind: 'sso', userId: user.id, scope: apiScope }),
      administrator: user.administrator,
      caPem: engine.authority.caPem,
    },
  });
}

/** `remoteviewerconnectionfile`: the same file inside of the answer. */
export const connectionFileOperation: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const { vmId, protocol } = await actedConsole(context);
    return done(undefined, { remote_viewer_connection_file: await viewerFile(context, vmId, protocol) });
  },
};
