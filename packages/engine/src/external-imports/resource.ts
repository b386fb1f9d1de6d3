import type { Cluster, ExternalTemplateImport, ExternalVmImport, Host, StorageDomain } from '@virgate/contract/generated/types';
import { ExternalAddressError, readExternalAddress } from '@virgate/contract/external-address';
import { sql } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import type { ObjectRef } from '../access/objects.ts';
import { noId } from '../images/host-tasks.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { cpuProfiles } from '../profiles/kinds.ts';
import { chooseQuota } from '../quotas/consume.ts';
import { checkStorageAddress } from '../rest/address.ts';
import { conflict, forbidden, incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import type { Context, Operation, Services } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { readArchive } from './archive.ts';
import { checkDrivers, readExternal, type ExternalSource } from './external.ts';
import { importTemplate, importVm, type ImportTarget } from './import-archive.ts';
import { checkName } from '../vms/definition.ts';

type Type = 'VM' | 'Template';
type Import = ExternalVmImport | ExternalTemplateImport;

const frameOf = (type: Type) => ({ VAR_ACTION: 'import', VAR_TYPE: type });
const ova = 'ova://';
const maxUrl = 4096;

/** The path of an archive on a host. @throws {Fault} 400 */
function archivePath(url: string): string {
  const path = url.slice(ova.length);
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw invalidValue('url', 'ova:// is followed by the absolute path of an archive, without ..');
  return path;
}

function checkUrl(url: string | undefined): asserts url is string {
  if (!url) throw incomplete('url');
  if (url.length > maxUrl || [...url].some((sign) => sign <= ' ' || sign === '\u007f'))
    throw invalidValue('url', say`must be an address without spaces and of at most ${maxUrl} characters`);
}

/** They stand in files of lines on the host. @throws {Fault} 400 */
function checkSecret(field: string, text: string): void {
  if (text.length > maxUrl || [...text].some((sign) => sign < ' ' || sign === '\u007f'))
    throw invalidValue(field, say`must be a text without control characters and of at most ${maxUrl} characters`);
}

/** Where the VM comes from can be asked only with a name and a password. @throws {Fault} 400 */
function checkSource(body: ExternalVmImport & { url: string }): Pick<ExternalSource, 'provider' | 'url' | 'username' | 'password'> {
  const { provider = 'vmware', url, username, password } = body;
  try {
    checkStorageAddress('url', readExternalAddress(url, provider).host);
  } catch (error) {
    if (error instanceof ExternalAddressError) throw invalidValue('url', say`${error.message}; of an archive it begins with ${ova}`);
    throw error;
  }
  if (!username?.trim()) throw refused('ACTION_TYPE_FAILED_USERNAME_MUST_BE_SPECIFIED', frameOf('VM'));
  if (!password?.trim()) throw refused('ACTION_TYPE_FAILED_PASSWORD_MUST_BE_SPECIFIED', frameOf('VM'));
  checkSecret('username', username);
  checkSecret('password', password);
  checkDrivers(body);
  return { provider, url, username, password };
}

const named = (reference: { id?: string; name?: string } | undefined, what: string): { id?: string; name?: string } => {
  if (reference?.id === undefined && reference?.name === undefined) throw incomplete(`${what}.id|name`);
  return reference;
};

const domainOf = (context: Context, reference: StorageDomain | undefined): Promise<{ id: string; name: string }> =>
  resolve(context.db, 'StorageDomain', 'storage_domain', named(reference, 'storage_domain'));

/** The cluster that an import goes to, of the domain's data center. @throws {Fault} */
async function placeOf(context: Context, reference: Cluster | undefined, domainId: string, type: Type) {
  const cluster = await resolve(context.db, 'Cluster', 'cluster', named(reference, 'cluster'));
  const { data_center_id: dataCenterId } = await context.db
    .selectFrom('cluster')
    .select('data_center_id')
    .where('id', '=', cluster.id)
    .executeTakeFirstOrThrow();
  const permit = type === 'VM' ? 'create_vm' : 'create_template';
  const object: ObjectRef = { type: 'cluster', id: cluster.id };
  if (!(await holdsPermit(context.db, context.user, permit, object))) throw forbidden(`${permit} (cluster)`);
  const attached = await context.db
    .selectFrom('data_center_storage_domain')
    .select('status')
    .where('storage_domain_id', '=', domainId)
    .where('data_center_id', '=', dataCenterId ?? noId)
    .executeTakeFirst();
  if (!attached) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL', frameOf(type));
  if (attached.status !== 'active')
    throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { ...frameOf(type), status: attached.status });
  return { clusterId: cluster.id, dataCenterId };
}

/** The host that would do the work: the one that is named, or any that is up in the data center. @throws {Fault} */
async function chooseProxy(context: Context, reference: Host | undefined, dataCenterId: string | null, type: Type): Promise<string> {
  const named = reference?.id !== undefined || reference?.name !== undefined ? await resolve(context.db, 'Host', 'host', reference) : null;
  const found = await sql<{ id: string; status: string }>`
    select h.id, s.status from host h join cluster c on c.id = h.cluster_id join host_state s on s.host_id = h.id
    where c.data_center_id = ${dataCenterId} and (${named?.id ?? null}::uuid is null or h.id = ${named?.id ?? null}::uuid)`.execute(
    context.db,
  );
  const up = found.rows.find((host) => host.status === 'up');
  if (up) return up.id;
  if (named === null) throw refused('ACTION_TYPE_FAILED_NO_HOST_CAN_BE_PROXY_FOR_IMPORT_VM', frameOf(type));
  throw found.rows.length === 0
    ? refused('ACTION_TYPE_FAILED_VDS_NOT_IN_DEST_STORAGE_POOL', frameOf(type))
    : conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', { ...frameOf(type), hostStatus: found.rows[0]?.status.replaceAll('_', ' ') ?? '' });
}

/** @throws {Fault} 409 for a name that a VM or template of the data center has */
async function checkNameFree(context: Context, name: string, dataCenterId: string | null, type: Type): Promise<void> {
  const used = await sql`select 1 from vm where data_center_id = ${dataCenterId} and entity_type = ${type === 'VM' ? 'vm' : 'template'}
    and lower(name) = lower(${name}) limit 1`.execute(context.db);
  if (used.rows.length > 0)
    throw refused(type === 'VM' ? 'VM_CANNOT_IMPORT_VM_NAME_EXISTS' : 'VM_CANNOT_IMPORT_TEMPLATE_NAME_EXISTS', frameOf(type));
}

/** Everything that both imports need: domain, cluster, name, profile, quota, host. */
async function targetOf(context: Context, body: Import, name: string, type: Type): Promise<ImportTarget & { hostId: string }> {
  const domain = await domainOf(context, body.storage_domain);
  const { clusterId, dataCenterId } = await placeOf(context, body.cluster, domain.id, type);
  await chooseProfile(context, cpuProfiles, clusterId, body.cpu_profile);
  if (dataCenterId === null) throw refused('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST', frameOf(type));
  await chooseQuota(context, dataCenterId, body.quota, null);
  await checkNameFree(context, name, dataCenterId, type);
  const hostId = await chooseProxy(context, body.host, dataCenterId, type);
  return { clusterId, dataCenterId, domainId: domain.id, name, hostId };
}

const domainSubject = async (context: Context): Promise<ObjectRef[]> => [
  { type: 'storage_domain', id: (await domainOf(context, (context.body as Import).storage_domain)).id },
];

/** `POST externalvmimports`: of an archive on a host the VM in it; of another manager a VM of it, which a host fetches and converts. */
const addExternalVm: Operation = {
  permit: 'import_export_vm',
  subjects: domainSubject,
  async run(context) {
    const body = context.body as ExternalVmImport;
    const { provider, url, host } = body;
    if (provider === undefined) throw incomplete('provider');
    checkUrl(url);
    if (!body.name) throw incomplete('name');
    const name = checkName(body.vm?.name ?? body.name, body.vm?.name === undefined ? 'name' : 'vm.name');
    const isArchive = url.startsWith(ova);
    const source = isArchive ? null : checkSource({ ...body, url });
    if (isArchive && host?.id === undefined && host?.name === undefined)
      throw refused('ACTION_TYPE_FAILED_PROXY_HOST_MUST_BE_SPECIFIED', frameOf('VM'));
    const path = isArchive ? archivePath(url) : '';
    const target = await targetOf(context, body, name, 'VM');
    if (source === null) return importVm(context, body, await readArchive(context, target.hostId, path), target);
    const { archive, conversion } = await readExternal(context, { ...source, hostId: target.hostId, name: body.name });
    return importVm(context, body, archive, target, conversion);
  },
};

/** `POST externaltemplateimports`: the same of templates, which come from archives only. */
const addExternalTemplate: Operation = {
  permit: 'import_export_vm',
  subjects: domainSubject,
  async run(context) {
    const body = context.body as ExternalTemplateImport;
    checkUrl(body.url);
    if (!body.url.startsWith(ova)) throw invalidValue('url', say`must begin with ${ova}`);
    const path = archivePath(body.url);
    const own = body.template?.name;
    const name = checkName(
      own ?? path.slice(path.lastIndexOf('/') + 1).replace(/\.ova$/i, ''),
      own === undefined ? 'url' : 'template.name',
    );
    if (body.host?.id === undefined && body.host?.name === undefined)
      throw refused('ACTION_TYPE_FAILED_PROXY_HOST_MUST_BE_SPECIFIED', frameOf('Template'));
    const target = await targetOf(context, body, name, 'Template');
    return importTemplate(context, body, await readArchive(context, target.hostId, path), target);
  },
};

/** VMs and templates of elsewhere. */
export const externalImportServices: Services = {
  ExternalVmImportsService: { add: addExternalVm },
  ExternalTemplateImportsService: { add: addExternalTemplate },
};
