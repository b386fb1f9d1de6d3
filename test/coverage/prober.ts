import { randomUUID } from 'node:crypto';
import { eventTable, type EventName } from '@virgate/contract/generated/events';
import { matchRoute } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import type { TypeName } from '@virgate/contract/generated/types';
import { eventually, type Installation } from '../engine/installation.ts';
import { whole, type Answer, type Json, type RestClient } from '../engine/rest-client.ts';
import { compare, type AttributeName } from './compare.ts';
import type { ActProbe, AddProbe, ObserveProbe, Probe, RemoveProbe, Template, UpdateProbe } from './probe.ts';

/** What probing has shown; nothing is in here that was not checked. */
export class Findings {
  /** Operations (`GET /vms/{vm}`) of which everything was checked. */
  readonly done = new Set<string>();
  /** Why probed operations are not done. */
  readonly problems: string[] = [];
  /** Attributes that a second GET showed as they were written. */
  readonly echoed = new Set<AttributeName>();
  /** Attributes that something else than the codec was seen to read or write. */
  readonly effective = new Set<AttributeName>();
}

const eventTimeoutMs = 10_000;
const seenTimeoutMs = 20_000;
const codeOf = (name: EventName): string => String(eventTable.find(([known]) => known === name)?.[1]);
const nameOfCode = (code: string): string => eventTable.find(([, known]) => String(known) === code)?.[0] ?? code;

class ProbeFailure extends Error {}
const insist: (condition: boolean, problem: string) => asserts condition = (condition, problem) => {
  if (!condition) throw new ProbeFailure(problem);
};

/** The operation that a request means, as the contract's route table names it. */
export function operationOf(method: string, path: string): string {
  const match = matchRoute(method, (path.split('?')[0] ?? '').split('/').slice(1).map(decodeURIComponent));
  if (match.kind !== 'found') throw new Error(`${method} ${path} is no operation of the contract: the probe is wrong`);
  return `${method} ${match.template}${match.action === undefined ? '' : `/${match.action}`}`;
}

/** Runs probes against an installation. */
export class Prober {
  readonly findings = new Findings();
  readonly #installation: Installation;
  readonly #admin: RestClient;
  readonly #stranger: RestClient;
  readonly #viewer: RestClient;
  readonly #ids: Map<string, string>;

  /**
   * @param users a stranger has no roles and sees nothing; a viewer sees everything and may change nothing
   */
  constructor(
    installation: Installation,
    users: { readonly stranger: RestClient; readonly viewer: RestClient },
    ids: Readonly<Record<string, string>>,
  ) {
    this.#installation = installation;
    this.#admin = installation.rest;
    this.#stranger = users.stranger;
    this.#viewer = users.viewer;
    this.#ids = new Map(Object.entries(ids));
  }

  /** Fills in ids that are known by now. */
  #fill<T extends Template>(template: T): Json {
    const text = JSON.stringify(template).replace(/\{([a-z][a-z0-9-]*)\}/g, (_whole, name: string) => {
      const id = this.#ids.get(name);
      if (id === undefined) throw new ProbeFailure(`nothing is known as ${name}, since an earlier probe failed`);
      return id;
    });
    return JSON.parse(text);
  }

  async run(probe: Probe): Promise<void> {
    const title = Object.entries(probe)[0]?.join(' ') ?? '';
    try {
      if ('add' in probe) await this.#add(probe);
      else if ('update' in probe) await this.#update(probe);
      else if ('remove' in probe) await this.#remove(probe);
      else if ('act' in probe) await this.#act(probe);
      else await this.#observe(probe);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.findings.problems.push(`${title}: ${error.message}`);
    }
  }

  /** The viewer must get 403, and the administrator's write its event. @returns the administrator's answer */
  async #write(method: string, path: string, body: Json, event: EventName, unchanged: () => Promise<void>): Promise<Answer> {
    const call = body === undefined ? {} : { body };
    const refused = await this.#viewer.call(method, path, call);
    insist(refused.status === 403, `a user without the permit got ${refused.status} instead of 403`);
    await unchanged();
    const correlationId = `probe-${randomUUID().slice(0, 18)}`;
    const answer = await this.#admin.call(method, path, {
      ...call,
      headers: { 'correlation-id': correlationId, ...(method === 'POST' ? { 'x-ovirt-expect': whole.expect } : {}) },
    });
    insist(answer.status >= 200 && answer.status < 300, `answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    let codes: string[] = [];
    await eventually(
      'its event',
      async () => {
        const events = (await this.#admin.get(`/events?search=${encodeURIComponent(`correlation_id=${correlationId}`)}`)).body.event as
          Json[] | undefined;
        codes = (events ?? []).map((one) => String(one.code));
        return codes.includes(codeOf(event));
      },
      eventTimeoutMs,
    ).catch(() => insist(false, `its event ${event} is not in the log; there is ${codes.map(nameOfCode).join(', ') || 'none'}`));
    return answer;
  }

  async #idsIn(client: RestClient, collection: string): Promise<string[] | null> {
    const answer = await client.get(collection);
    if (answer.status !== 200) return null;
    const members: Json[] | undefined = Object.values<Json>(answer.body).find(Array.isArray);
    return (members ?? []).map((one) => String(one.id));
  }

  async #add(probe: AddProbe): Promise<void> {
    const { findings } = this;
    const collection = this.#fill(probe.add) as string;
    const body = this.#fill(probe.body);
    const before = await this.#idsIn(this.#admin, collection);
    const answer = await this.#write('POST', collection, body, probe.event, async () => {
      insist(
        JSON.stringify(await this.#idsIn(this.#admin, collection)) === JSON.stringify(before),
        'a refused request changed the collection',
      );
    });
    const id = String(answer.body.id);
    this.#ids.set(probe.keep, id);
    const item = `${collection}/${id}`;
    if (probe.memberOnly === true) {
      insist((await this.#idsIn(this.#admin, collection))?.includes(id) === true, 'the collection does not show it');
      insist((await this.#idsIn(this.#stranger, collection))?.includes(id) !== true, 'a user who may not see it sees it');
      findings.done.add(operationOf('POST', collection)).add(operationOf('GET', collection));
      return;
    }
    const found = await this.#admin.get(item);
    insist(found.status === 200, `a second GET answers ${found.status}`);
    const { same, different } = compare(probe.type, body, found.body, probe.notShown);
    insist(different.length === 0, `a second GET shows ${different.join('; ')}`);
    for (const name of same) findings.echoed.add(name);
    findings.done.add(operationOf('POST', collection));
    await this.#readings(probe, collection, item, id);
    await this.#searches(probe.type, collection, id, body);
  }

  /** Reading counts as checked when it shows the new object to those who may see it, and to nobody else. */
  async #readings(probe: AddProbe, collection: string, item: string, id: string): Promise<void> {
    insist((await this.#idsIn(this.#admin, collection))?.includes(id) === true, 'the collection does not show it');
    const [own, all] = [await this.#stranger.get(item), await this.#idsIn(this.#stranger, collection)];
    if (probe.everybodyReads === true) insist(own.status === 200 && all?.includes(id) === true, `a user who may read it got ${own.status}`);
    else insist(own.status === 404 && all?.includes(id) !== true, `a user who may not see it got ${own.status}`);
    this.findings.done.add(operationOf('GET', collection)).add(operationOf('GET', item));
  }

  /** Attributes that the search language finds objects by are read by more than the codec. */
  async #searches(type: TypeName, collection: string, id: string, body: Record<string, Json>): Promise<void> {
    if (collection.split('/').length > 2) return;
    for (const [element, value] of Object.entries(body)) {
      if (typeof value === 'object') continue;
      const attribute = typeInfo(type).byElement.get(element);
      const hit = await this.#idsIn(this.#admin, `${collection}?search=${encodeURIComponent(`${element}="${value}"`)}`);
      const miss = await this.#idsIn(this.#admin, `${collection}?search=${encodeURIComponent(`${element}!="${value}"`)}`);
      if (attribute !== undefined && hit?.includes(id) === true && miss !== null && !miss.includes(id))
        this.findings.effective.add(`${type}.${attribute.name}`);
    }
  }

  async #update(probe: UpdateProbe): Promise<void> {
    const path = this.#fill(probe.update) as string;
    const body = this.#fill(probe.body);
    const before = (await this.#admin.get(path)).text;
    await this.#write('PUT', path, body, probe.event, async () => {
      insist((await this.#admin.get(path)).text === before, 'a refused request changed it');
    });
    const { same, different } = compare(probe.type, body, (await this.#admin.get(path)).body);
    insist(different.length === 0, `a second GET shows ${different.join('; ')}`);
    for (const name of same) this.findings.echoed.add(name);
    this.findings.done.add(operationOf('PUT', path));
  }

  async #remove(probe: RemoveProbe): Promise<void> {
    const path = this.#fill(probe.remove) as string;
    const place = this.#fill(probe.goneFrom ?? probe.remove) as string;
    const at = place.lastIndexOf('/');
    const isThere = async (): Promise<boolean> =>
      probe.memberOnly === true
        ? (await this.#idsIn(this.#admin, place.slice(0, at)))?.includes(place.slice(at + 1)) === true
        : (await this.#admin.get(place)).status !== 404;
    await this.#write('DELETE', path, undefined, probe.event, async () => {
      insist(await isThere(), 'a refused request removed it');
    });
    await eventually('it is gone', async () => !(await isThere()), seenTimeoutMs);
    this.findings.done.add(operationOf('DELETE', path));
  }

  async #act(probe: ActProbe): Promise<void> {
    const path = this.#fill(probe.act) as string;
    const place = this.#fill(probe.seen.path) as string;
    const before = (await this.#admin.get(place)).body;
    await this.#write('POST', path, this.#fill(probe.body ?? {}), probe.event, async () => {
      insist((await this.#admin.get(place)).body.status === before.status, 'a refused request did it');
    });
    const wanted = this.#fill(probe.seen.is) as Record<string, Json>;
    await eventually(
      `a GET shows ${JSON.stringify(wanted)}`,
      async () => compare(probe.seen.type, wanted, (await this.#admin.get(place)).body).different.length === 0,
      seenTimeoutMs,
    );
    for (const element of Object.keys(wanted))
      if (before[element] !== wanted[element]) this.findings.effective.add(`${probe.seen.type}.${element}`);
    this.findings.done.add(operationOf('POST', path));
  }

  async #observe(probe: ObserveProbe): Promise<void> {
    const path = this.#fill(probe.observe) as string;
    if (path.startsWith('/vms/')) await this.#noteHostOf(path.split('/')[2] ?? '');
    const { same, different } = compare(probe.type, this.#fill(probe.is), (await this.#admin.get(path)).body);
    insist(different.length === 0, `the engine shows ${different.join('; ')}`);
    for (const name of same) this.findings.effective.add(name);
    if ((await this.#stranger.get(path)).status === 404) this.findings.done.add(operationOf('GET', path));
    if (probe.listed !== true) return;
    const at = path.lastIndexOf('/');
    const [collection, id] = [path.slice(0, at), path.slice(at + 1)];
    insist((await this.#idsIn(this.#admin, collection))?.includes(id) === true, 'the collection does not show it');
    insist((await this.#idsIn(this.#stranger, collection))?.includes(id) !== true, 'a user who may not see it sees it');
    this.findings.done.add(operationOf('GET', collection));
  }

  /** On which host a VM runs, by the hosts' own word. */
  async #noteHostOf(vmId: string): Promise<void> {
    const name = (await this.#installation.look()).vms.find((vm) => vm.vmId === vmId)?.host;
    const host = this.#installation.hosts.find((one) => one.name === name);
    if (host !== undefined) this.#ids.set('host-of-vm', host.id);
  }
}
