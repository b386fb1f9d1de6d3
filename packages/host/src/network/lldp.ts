import { invalidParameter, readObject } from '../verb.ts';

const maximumDevices = 1000;

/** What one NIC hears: nothing, as this agent does not listen. Source: VDSM schema, Host.getLldp. */
interface LldpState {
  enabled: false;
  tlvs: never[];
}

/** The answer to Host.getLldp: of the devices of the filter, or of all when it names none. @throws 91 */
export function lldpOf(params: Record<string, unknown>, nics: readonly string[]): Record<string, LldpState> {
  const filter = params['filter'] === undefined ? {} : readObject(params, 'filter');
  const asked: unknown = filter['devices'] ?? [];
  if (!Array.isArray(asked) || asked.length > maximumDevices || asked.some((name) => typeof name !== 'string'))
    throw invalidParameter('filter.devices', `a list of at most ${maximumDevices} names`);
  const shown = asked.length === 0 ? nics : nics.filter((name) => asked.includes(name));
  return Object.fromEntries(shown.map((name) => [name, { enabled: false, tlvs: [] }]));
}
