import {
  capabilitiesJson,
  capabilitiesXml,
  capabilityId,
  capabilityJson,
  capabilityXml,
  type LevelCapabilities,
} from '@virgate/contract/capabilities-v3';
import type { ClusterLevel, SchedulingPolicy } from '@virgate/contract/generated/types';
import { contentTypeOf } from '../negotiation.ts';
import { notFound } from '../fault.ts';
import type { Reply } from '../operation.ts';
import type { Handler, RequestV3 } from './request.ts';

async function levelsOf(request: RequestV3): Promise<LevelCapabilities[]> {
  const levels = (await request.list(['clusterlevels'])) as ClusterLevel[];
  const policies = (await request.list(['schedulingpolicies'])) as SchedulingPolicy[];
  const { options } = request.engine;
  const added = options.text('CustomVdsFenceType').split(';');
  const fenceAgents = [...options.text('VdsFenceType', '4.7').split(','), ...added.map((entry) => entry.split('=')[0] ?? '')];
  return levels.map(({ id = '', cpu_types: cpus = [], permits = [] }, index) => ({
    level: id,
    current: index === levels.length - 1,
    cpus: cpus.map(({ name = '', level = 0, architecture = 'undefined' }) => ({ name, level, architecture })),
    fenceAgents: fenceAgents.map((name) => name.trim()).filter((name) => name !== ''),
    permits: permits.map((permit) => ({ id: permit.id ?? '', name: permit.name ?? '', administrative: permit.administrative ?? false })),
    schedulingPolicies: policies.flatMap(({ name }) => name ?? []),
  }));
}

const documentOf = ({ call: { wire } }: RequestV3, json: () => string, xml: () => string): Reply => ({
  kind: 'document',
  contentType: contentTypeOf(wire.format),
  text: wire.format === 'json' ? json() : xml(),
});
const placeOf = ({ call }: RequestV3): string => `${call.wire.root}/capabilities`;

const list: Handler = async (request) => {
  const { context } = await request.ask('GET', ['clusterlevels']);
  const [place, levels] = [placeOf(request), await levelsOf(request)];
  const reply = documentOf(
    request,
    () => capabilitiesJson(place, levels),
    () => capabilitiesXml(place, levels),
  );
  return { reply, context, service: undefined };
};

const show: Handler = async (request) => {
  const { context } = await request.ask('GET', ['clusterlevels']);
  const level = (await levelsOf(request)).find((one) => capabilityId(one.level) === request.id(0));
  if (level === undefined) throw notFound();
  const place = placeOf(request);
  const reply = documentOf(
    request,
    () => capabilityJson(place, level),
    () => capabilityXml(place, level),
  );
  return { reply, context, service: undefined };
};

/** What version 3 tells of the cluster levels, and of its own words. */
export const capabilityHandlers: Readonly<Record<string, Handler>> = { 'GET capabilities': list, 'GET capabilities/{}': show };
