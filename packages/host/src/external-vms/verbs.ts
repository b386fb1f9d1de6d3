import { readFile, rm } from 'node:fs/promises';
import type { Acceleration } from '../domain-xml/environment.ts';
import type { JobInfo, JobRegistry } from '../job/registry.ts';
import type { StorageContext } from '../storage-context.ts';
import { storageError, systemCode } from '../storage-error.ts';
import { invalidParameter, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { copyVm } from './copy.ts';
import { listNames, listVms } from './list.ts';
import { readImport } from './request.ts';
import { convertVm, descriptionFile } from './v2v.ts';
import { readManager, withVirsh } from './virsh.ts';

type Parameters = Record<string, unknown>;

const maximumNames = 1000;

function readNames(params: Parameters): string[] | undefined {
  const list = params['vm_names'];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list) || list.length > maximumNames || list.some((name) => typeof name !== 'string'))
    throw invalidParameter('vm_names', `a list of at most ${maximumNames} names is needed`);
  return list as string[];
}

const statuses: Readonly<Record<JobInfo['status'], string>> = {
  pending: 'starting',
  running: 'starting',
  done: 'done',
  aborting: 'aborted',
  aborted: 'aborted',
  failed: 'error',
};

/** Imports as `Host.getStats` tells them (VDSM schema, V2VJobInfo). */
export const importJobs = (jobs: JobRegistry): Record<string, { status: string; description: string; progress: number }> =>
  Object.fromEntries(
    Object.values(jobs.list('v2v')).map(({ id, status, description, progress, error }) => [
      id,
      {
        status: status === 'running' && progress !== undefined ? 'copying_disk' : statuses[status],
        description: error?.message ?? description,
        progress: progress ?? 0,
      },
    ]),
  );

/** Verbs over VMs of other managers: told of, and copied or converted by jobs of the kind `v2v`. */
export function createExternalVmVerbs(context: StorageContext, options: { folder: string; acceleration: Acceleration }): VerbTable {
  const { folder, acceleration } = options;
  const { jobs } = context;
  /** An import that has ended, well or not. @throws 66, 68 */
  const ended = (id: string, wanted: readonly JobInfo['status'][]): void => {
    const job = jobs.list('v2v', [id])[id];
    if (job === undefined) throw storageError('NoSuchJob', `Job does not exist: ${id}`);
    if (!wanted.includes(job.status)) throw storageError('JobNotDone', `Job ${id} is ${job.status}`);
  };
  return {
    'Host.getExternalVMNames': async (params) =>
      withVirsh(readManager(params), folder, async (virsh) => [...(await listNames(virsh)).values()].toSorted()),
    'Host.getExternalVMs': async (params) => {
      const names = readNames(params);
      return withVirsh(readManager(params), folder, (virsh) => listVms(virsh, names));
    },
    'Host.convertExternalVm': async (params) => {
      const manager = readManager(params);
      const request = readImport(params);
      jobs.start({ id: request.jobId, type: 'v2v', description: `Importing VM ${request.vmName}` }, (operation) =>
        manager.address.provider === 'kvm'
          ? withVirsh(manager, folder, (virsh) => copyVm(context, virsh, request, operation))
          : convertVm(context, manager, request, folder, { ...operation, acceleration }),
      );
      return true;
    },
    'Host.getConvertedVm': async (params) => {
      const id = readUuid(params, 'jobid');
      ended(id, ['done']);
      try {
        return await readFile(descriptionFile(folder, id), 'utf8');
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
        throw storageError('V2VNoSuchOVF', `Job ${id} has left no description: VMs of libvirt are copied as they are`);
      }
    },
    'Host.abortV2VJob': async (params) => {
      jobs.abort(readUuid(params, 'jobid'));
      return true;
    },
    'Host.deleteV2VJob': async (params) => {
      const id = readUuid(params, 'jobid');
      ended(id, ['done', 'failed', 'aborted']);
      jobs.forget(id);
      await rm(descriptionFile(folder, id), { force: true });
      return true;
    },
  };
}
