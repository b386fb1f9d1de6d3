import type { Action, StorageDomain } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { storageFault } from '../images/host-tasks.ts';
import { conflict, incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { checkStorageAddress } from '../rest/address.ts';
import { checkTarget } from '../storage-connections/definition.ts';
import { readableHosts } from './read.ts';

const timeoutMs = 120_000;
const noId = '00000000-0000-0000-0000-000000000000';
const maxPort = 65_535;
const maxDomains = 1024;
const blockTypes = [
  ['iscsi', 3],
  ['fcp', 2],
] as const;

type Call = (method: string, parameters: Record<string, unknown>) => Promise<unknown>;

/** Signs in at the target that a request names, so that its LUNs are seen. @throws {Fault} 400, 409 */
async function signIn(call: Call, { iscsi }: Action): Promise<void> {
  if (iscsi?.address === undefined) return;
  checkStorageAddress('iscsi.address', iscsi.address);
  if (iscsi.target === undefined) throw incomplete('iscsi.target');
  const port = iscsi.port ?? 3260;
  if (port < 1 || port > maxPort) throw invalidValue('iscsi.port', say`must be between 1 and ${maxPort}`);
  const connection = {
    id: noId,
    connection: iscsi.address.replace(/^\[(.*)\]$/, '$1'),
    port: String(port),
    iqn: checkTarget('iscsi.target', iscsi.target),
    tpgt: '1',
    user: iscsi.username ?? '',
    password: iscsi.password ?? '',
  };
  const answer = await call('StoragePool.connectStorageServer', { storagepoolID: noId, domainType: 3, connectionParams: [connection] });
  const status = (answer as { status?: number }[])[0]?.status;
  if (status !== 0) throw refused('STORAGE_CONNECTION_FAILED', { path: iscsi.target, code: String(status) });
}

interface DomainInfo {
  uuid?: string;
  name?: string;
  type?: string;
  class?: string;
  vguuid?: string;
}

/** A domain as somebody who may import it sees it. */
const shown = (id: string, type: 'iscsi' | 'fcp', { name, vguuid }: DomainInfo): StorageDomain => ({
  id,
  name: name ?? '',
  type: 'data',
  storage_format: 'v5',
  storage: { type, ...(vguuid === undefined ? {} : { volume_group: { id: vguuid } }) },
});

/** `POST hosts/{host}/unregisteredstoragedomainsdiscover`: storage domains on LUNs that the host sees and nobody has imported. */
export const discoverUnregisteredDomains: Operation = {
  permit: 'create_storage_domain',
  subjects: (context: Context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const host = await one(context, readableHosts, context.path['host']);
    const body = context.body as Action;
    if (host['status'] !== 'up')
      throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
        VAR_ACTION: 'connect',
        VAR_TYPE: 'iSCSI',
        hostStatus: String(host['status']),
      });
    const { client, fence } = await context.engine.hosts.access(host.id ?? '');
    const call: Call = (method, parameters) => client.call(method, parameters, { timeoutMs, fence });
    const domains: StorageDomain[] = [];
    try {
      await signIn(call, body);
      for (const [type, number] of blockTypes) {
        const ids = (await call('Host.getStorageDomains', { domainClass: 1, storageType: number })) as string[];
        const wanted = ids.filter((id) => isUuid(id)).slice(0, maxDomains);
        const known = await context.db
          .selectFrom('storage_domain')
          .select('id')
          .where('id', 'in', [noId, ...wanted])
          .execute();
        for (const id of wanted) {
          if (known.some((row) => row.id === id) || domains.some((domain) => domain.id === id)) continue;
          const info = (await call('StorageDomain.getInfo', { storagedomainID: id })) as DomainInfo;
          if (info.type?.toLowerCase() === type) domains.push(shown(id, type, info));
        }
      }
    } catch (error) {
      if (error instanceof VdsmError) throw storageFault('Cannot look for storage domains', error);
      throw error;
    }
    return done(undefined, { storage_domains: domains });
  },
};
