import { done, type Operation } from '../rest/operation.ts';
import { one } from '../rest/listing.ts';
import { readableVms } from './read.ts';

/**
 * `POST vms/{vm}/maintenance`: the global maintenance of a hosted engine. On all other VMs the contract gives it no effect, and there is
 * no VM here that an engine runs in.
 */
export const maintainVm: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    await one(context, readableVms, context.path['vm']);
    return done();
  },
};
