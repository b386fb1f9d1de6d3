import { transaction } from '@virgate/database';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import { isValidPropertyList } from './property-lists.ts';
import { general, isValidValue, optionOf, versionsOf } from './values.ts';

/** `PUT /virgate/api/options/{name}`: in force after a reload of the options (`POST /ovirt-engine/api/reloadconfigurations`) or a restart. */
export const optionOperations: VirgateOperations = {
  OptionService: {
    update: {
      async run({ db, path, body: { value, version = general } }) {
        const option = optionOf(path.option);
        if (option === undefined) throw refusal(404, 'unknown_option', 'There is no option of that name.');
        if (option.engineConfig !== true) throw refusal(409, 'fixed_option', [say`${option.name} cannot be changed.`]);
        if (!versionsOf(option).includes(version))
          throw refusal(400, 'invalid_value', [say`${option.name} has values for: ${versionsOf(option).join(', ')}.`], 'version');
        if (value === null) {
          await db.deleteFrom('option_value').where('name', '=', option.name).where('version', '=', version).execute();
          return undefined;
        }
        if (!isValidPropertyList(option, value))
          throw refusal(
            400,
            'invalid_value',
            'The value must list custom properties as name=regular expression, separated by semicolons; those of devices as {type=interface;prop={name=regular expression}}.',
            'value',
          );
        if (!isValidValue(option, value))
          throw refusal(
            400,
            'invalid_value',
            `The value must be a text that is a ${option.type ?? 'String'}${option.valid ? ` out of ${option.valid}` : ''}; null sets the default.`,
            'value',
          );
        await transaction(db, (trx) =>
          trx
            .insertInto('option_value')
            .values({ name: option.name, version, value })
            .onConflict((clash) => clash.columns(['name', 'version']).doUpdateSet({ value }))
            .execute(),
        );
        return undefined;
      },
    },
  },
};
