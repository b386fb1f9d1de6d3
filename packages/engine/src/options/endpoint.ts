import { transaction } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { general, isValidValue, optionOf, versionsOf } from './values.ts';

const path = '/virgate/api/options/:name';
const maxValueLength = 64 * 1024;

function bodyOf(request: FastifyRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(typeof request.body === 'string' ? request.body : '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function set(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  if (!(await holdsPermit(engine.db, user, 'configure_engine', { type: 'system', id: SYSTEM_ID })))
    return refuse(reply, 403, 'not_authorized', 'The permit "configure_engine" on the system is needed.');
  const option = optionOf((request.params as { name: string }).name);
  if (option === undefined) return refuse(reply, 404, 'unknown_option', 'There is no option of that name.');
  if (option.engineConfig !== true) return refuse(reply, 409, 'fixed_option', `${option.name} cannot be changed.`);
  const { value, version = general } = bodyOf(request);
  if (typeof version !== 'string' || !versionsOf(option).includes(version))
    return refuse(reply, 400, 'invalid_value', `${option.name} has values for: ${versionsOf(option).join(', ')}.`, 'version');
  if (value === null) {
    await engine.db.deleteFrom('option_value').where('name', '=', option.name).where('version', '=', version).execute();
    return reply.code(204).send();
  }
  if (typeof value !== 'string' || value.length > maxValueLength || !isValidValue(option, value))
    return refuse(
      reply,
      400,
      'invalid_value',
      `The value must be a text that is a ${option.type ?? 'String'}${option.valid ? ` out of ${option.valid}` : ''}; null sets the default.`,
      'value',
    );
  await transaction(engine.db, (trx) =>
    trx
      .insertInto('option_value')
      .values({ name: option.name, version, value })
      .onConflict((clash) => clash.columns(['name', 'version']).doUpdateSet({ value }))
      .execute(),
  );
  return reply.code(204).send();
}

/**
 * Registers `PUT /virgate/api/options/{name} {value, version?}`: sets an option; it is in force after the options were reloaded
 * (`POST /ovirt-engine/api/reloadconfigurations`) or the engine was restarted.
 */
export function registerOptions(app: FastifyInstance, engine: Engine): void {
  app.put(path, (request, reply) => set(engine, request, reply));
}
