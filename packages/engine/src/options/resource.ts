import type { SystemOption } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { notFound } from '../rest/fault.ts';
import { done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { optionOf, versionsOf } from './values.ts';

/**
 * `GET options/{name}`: an option's values, of one version when `version` names it. Options that the contract keeps to the engine
 * are not found; some are for administrators only. Source: configuration options, API access.
 */
function systemOption(context: Context): Entity {
  const option = optionOf(context.path['option'] ?? '');
  if (option?.apiAccess === undefined || (option.apiAccess === 'Admin' && !context.user.administrator)) throw notFound();
  const { name } = option;
  const wanted = context.parameters.text('version');
  const versions = versionsOf(option).filter((version) => wanted === undefined || wanted === '' || version === wanted);
  if (versions.length === 0) throw notFound();
  const found: SystemOption = {
    id: name,
    name,
    values: versions.map((version) => ({ value: context.engine.options.text(name, version), version })),
  };
  return found as Entity;
}

/** `POST reloadconfigurations`: values that were set are in force from now on, in every engine. */
const reloadConfigurations: Operation = {
  permit: 'configure_engine',
  async run(context) {
    await context.engine.options.reload();
    const job = await write(context, async (trx) => {
      await recordEvent(trx, { name: 'RELOAD_CONFIGURATIONS_SUCCESS', ...attribution(context) });
      return context.engine.jobs.record(trx, context, {
        action: 'ReloadConfigurations',
        description: 'Reloading Configurations',
        subjects: [],
      });
    });
    return done(job);
  },
};

export const optionServices: Services = {
  SystemOptionService: { get: { permit: null, run: (context) => Promise.resolve(entity('SystemOption', systemOption(context))) } },
  SystemService: { reload_configurations: reloadConfigurations },
};
