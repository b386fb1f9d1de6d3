import { createHash } from 'node:crypto';
import { element } from '../domain-xml/element.ts';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import { writeXml } from '../domain-xml/write.ts';
import type { DirectLun } from '../iscsi/direct-luns.ts';
import type { VmRegistry } from './registry.ts';

type NetworkTarget = Extract<DirectLun, { kind: 'iscsi' }>;

/** The same target has the same secret, so that there are never more of them than targets. */
function secretIdOf(usage: string): string {
  const hex = createHash('sha256').update(usage).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Gives libvirt the password at a target: kept in its memory alone, and told to nobody but QEMU. Domains name the secret, so that neither a
 * document nor a command line has the password. @returns the id of the secret
 */
async function keepPassword(vms: VmRegistry, { host, port, iqn, user, password }: NetworkTarget): Promise<string> {
  const usage = `${host}:${port} ${iqn} ${user}`;
  const uuid = secretIdOf(usage);
  const secret = element('secret', { ephemeral: 'yes', private: 'yes' }, [
    element('uuid', {}, [uuid]),
    element('usage', { type: 'iscsi' }, [element('target', {}, [usage])]),
  ]);
  await vms.dependencies.hypervisor.run('control', async (connection) => {
    const defined = await connection.call('SECRET_DEFINE_XML', { xml: writeXml(secret) });
    await connection.call('SECRET_SET_VALUE', { secret: defined.secret, value: Buffer.from(password) });
  });
  return uuid;
}

/** Makes a LUN ready that is the disk of a guest. @throws VdsmError 606 when this host does not see it */
export async function prepareLun(vms: VmRegistry, guid: string): Promise<PreparedVolume> {
  const lun = await vms.dependencies.luns.find(guid);
  if (lun.kind === 'device') return { path: lun.path, format: 'raw', isBlockDevice: true };
  const { host, port, iqn, number, user } = lun;
  return {
    path: '',
    format: 'raw',
    network: { host, port, name: `${iqn}/${number}`, ...(user === '' ? {} : { login: { user, secretId: await keepPassword(vms, lun) } }) },
  };
}
