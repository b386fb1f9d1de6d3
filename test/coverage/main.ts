/**
 * `npm run coverage`: what of the contract this engine does, by trying it on an installation with simulated hosts.
 * - operations: *done* = a probe changed state, a second GET saw it, its event and its permit were checked; *answers* = it is
 *   handled, but no probe checked it; *501* = it says that it is not built; *missing* = there is no such path or verb.
 * - attributes: *done* = written and shown, and something else than the codec was seen to read it (a search, the domain that a host
 *   gets), or the engine itself was seen to fill it; *carried* = written and shown only. All others are not counted as anything.
 *
 * `npm run coverage -- portal [PAGE...|described] [into=FILE]`: what of the portal a browser did (`portal/main.ts`).
 * `npm run coverage -- v3`: what of version 3 of the API is served (`version-3.ts`).
 */
import { permits, type PermitName } from '@virgate/contract/generated/permits';
import { services, type ServiceName } from '@virgate/contract/generated/services';
import { typeTable } from '@virgate/contract/generated/type-table';
import { routes, typeOfService } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import { Installation, defaultClusterId, defaultDataCenterId, eventually } from '../engine/installation.ts';
import type { Json } from '../engine/rest-client.ts';
import { whyCarried } from './carried.ts';
import { probeDomainAttributes } from './domain-attributes.ts';
import { Prober, type Findings } from './prober.ts';
import { probes } from './probes.ts';
import { probeBehaviour } from './vm-behaviour.ts';

type Verdict = 'done' | 'answers' | '501' | 'missing' | 'broken';
const nobody = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
const methodNotAllowed = 405;
const SYSTEM_ID = 'aaa00000-0000-0000-0000-123456789aaa';
const permitId = (name: PermitName): string => String(permits.find((permit) => permit.name === name)?.id);

/** Calls every operation once with ids that do not exist, so that nothing happens, and sorts the answers. */
async function classify(installation: Installation, findings: Findings): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const { template, http, action } of routes) {
    const operation = `${http} ${template}${action === undefined ? '' : `/${action}`}`;
    if (findings.done.has(operation)) {
      verdicts.set(operation, 'done');
      continue;
    }
    const path = `${template.replace(/\{[^}]+\}/g, nobody)}${action === undefined ? '' : `/${action}`}`;
    const answer = await installation.rest.call(http, path, http === 'POST' || http === 'PUT' ? { body: {} } : {});
    // Without ids in its path nothing but the path itself can be what was not found.
    const noPath = answer.status === methodNotAllowed || (answer.status === 404 && !template.includes('{') && answer.text === '');
    verdicts.set(operation, answer.status === 501 ? '501' : noPath ? 'missing' : answer.status >= 500 ? 'broken' : 'answers');
    if (answer.status >= 500 && answer.status !== 501)
      findings.problems.push(`${operation}: answered ${answer.status}: ${answer.text.slice(0, 200)}`);
  }
  return verdicts;
}

function attributesOf(type: string, findings: Findings): { total: number; done: number; carried: number } {
  const names = typeInfo(type).attributes.map((attribute) => `${type}.${attribute.name}` as const);
  const done = names.filter((name) => findings.effective.has(name)).length;
  const carried = names.filter((name) => findings.echoed.has(name) && !findings.effective.has(name)).length;
  return { total: names.length, done, carried };
}

/** Every attribute that is only carried, a line each, with what is known of it beside the probes. */
function printCarried(findings: Findings, say: (line: string) => void): void {
  say('\nCarried: written and shown, and not seen by a probe to be read by anything else:');
  for (const name of [...findings.echoed].filter((one) => !findings.effective.has(one)).toSorted()) {
    const known = whyCarried(name);
    if (known === undefined) findings.problems.push(`${name} is carried, and test/coverage/carried.ts does not say why`);
    else say(`${name.padEnd(48)} ${known.why}${known.test === undefined ? '' : ` (${known.test})`}`);
  }
}

function print(verdicts: ReadonlyMap<string, Verdict>, findings: Findings): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const heading = `${'service'.padEnd(40)}${'done'.padStart(6)}${'answers'.padStart(9)}${'501'.padStart(6)}${'missing'.padStart(9)}   attributes: done, carried, of all`;
  const rows = new Map<ServiceName, Record<Verdict, number>>();
  for (const { service, template, http, action } of routes) {
    const counts = rows.get(service) ?? { done: 0, answers: 0, '501': 0, missing: 0, broken: 0 };
    rows.set(service, counts);
    counts[verdicts.get(`${http} ${template}${action === undefined ? '' : `/${action}`}`) ?? 'missing'] += 1;
  }
  say(heading);
  const total: Record<Verdict, number> = { done: 0, answers: 0, '501': 0, missing: 0, broken: 0 };
  for (const [service, counts] of [...rows].toSorted(([a], [b]) => a.localeCompare(b))) {
    for (const verdict of Object.keys(total) as Verdict[]) total[verdict] += counts[verdict];
    if (services[service].paths.length === 0) continue;
    const type = typeOfService(service);
    const attributes = type === undefined ? null : attributesOf(type, findings);
    const shown = attributes === null ? '' : `   ${type}: ${attributes.done}, ${attributes.carried}, ${attributes.total}`;
    say(
      `${service.padEnd(40)}${String(counts.done).padStart(6)}${String(counts.answers + counts.broken).padStart(9)}${String(counts['501']).padStart(6)}${String(counts.missing).padStart(9)}${shown}`,
    );
  }
  const sums = Object.keys(typeTable).map((type) => attributesOf(type, findings));
  const sum = (pick: (one: { total: number; done: number; carried: number }) => number): number =>
    sums.reduce((all, one) => all + pick(one), 0);
  printCarried(findings, say);
  if (findings.problems.length > 0)
    say(`\nProbed, but not as it must be:\n${findings.problems.map((problem) => `- ${problem}`).join('\n')}`);
  say(
    `\noperations: ${total.done} done, ${total.answers} answer, ${total['501']} say 501, ${total.missing} missing${total.broken > 0 ? `, ${total.broken} broken` : ''}, of ${routes.length}`,
  );
  say(
    `attributes: ${sum((one) => one.done)} done, ${sum((one) => one.carried)} carried, of ${sum((one) => one.total)} in ${sums.length} types`,
  );
}

/** Why an operation of the tiers that people use may say 501; undefined for what may not. */
const whyUnbuilt = (operation: string): string | undefined =>
  /\/glustervolumes\/|\/refreshglusterhealstatus$/.test(operation) ? 'objects of Gluster are tier 2' : undefined;

/** How much of each tier is handled, and what of the first two is not. */
function printTiers(verdicts: ReadonlyMap<string, Verdict>): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say('');
  for (const tier of [0, 1, 2]) {
    const operations = routes
      .filter((route) => route.tier === tier)
      .map(({ http, template, action }) => `${http} ${template}${action === undefined ? '' : `/${action}`}`);
    const open = operations.filter((operation) => !['done', 'answers'].includes(verdicts.get(operation) ?? 'missing'));
    say(`tier ${tier}: ${operations.length - open.length} of ${operations.length} operations are handled`);
    if (tier > 1) continue;
    for (const operation of open) {
      say(`  ${verdicts.get(operation)}: ${operation} (${whyUnbuilt(operation) ?? 'NOT ALLOWED'})`);
      if (whyUnbuilt(operation) === undefined) process.exitCode = 1;
    }
  }
}

if (process.argv[2] === 'v3') process.exit(await (await import('./version-3.ts')).coverVersion3());
if (process.argv[2] === 'portal') process.exit(await (await import('./portal/main.ts')).coverPortal(process.argv.slice(3)));

const installation = await Installation.start({ hosts: 2 });
try {
  const { rest } = installation;
  const data = await installation.addStorage();
  const template = await installation.addTemplate();
  const stranger = await installation.addUser('stranger');
  const viewer = await installation.addUser('viewer', [{ role: 'ReadOnlyAdmin', type: 'system', id: SYSTEM_ID }]);
  await installation.addUser('someone');
  const [someone] = await installation.rows(`select id from app_user where principal = 'someone'`);
  const profiles = (await rest.get('/vnicprofiles')).body.vnic_profile as Json[] | undefined;
  const [host, host2] = installation.hosts;
  const nics = (await rest.get(`/hosts/${host2?.id}/nics`)).body.host_nic as Json[] | undefined;
  const prober = new Prober(
    installation,
    { stranger, viewer },
    {
      'default-dc': defaultDataCenterId,
      'default-cluster': defaultClusterId,
      host: host?.id ?? '',
      host2: host2?.id ?? '',
      'host2-nic': String(nics?.find((nic) => nic.name === 'em3')?.id ?? ''),
      data: data.id,
      template: template.id,
      someone: someone.id as string,
      'create-vm-permit': permitId('create_vm'),
      'run-vm-permit': permitId('run_vm'),
      'management-profile': String(profiles?.[0]?.id ?? ''),
    },
  );
  for (const probe of probes) await prober.run(probe);
  await eventually(
    'no job is at work',
    async () => (await installation.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
  ).catch(() => prober.findings.problems.push('jobs of the probes do not end'));
  await probeDomainAttributes(installation, prober.findings);
  await probeBehaviour(installation, prober.findings);
  const verdicts = await classify(installation, prober.findings);
  print(verdicts, prober.findings);
  printTiers(verdicts);
} finally {
  await installation.stop();
}
