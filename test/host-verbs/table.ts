import { globSync, readFileSync } from 'node:fs';
import { answeredVerbs } from '@virgate/host';
import { verbParameters } from '@virgate/contract/generated/vdsm';

/** Verbs that ran here as commands only: what they would bring about needs what test machines lack. Completes "needs ...". */
export const asCommands: Readonly<Record<string, string>> = { 'Host.hostdevChangeNumvfs': 'a network card with virtual functions' };

/** How far a verb has been seen. */
export type Seen =
  | { state: 'real'; tests: string[] }
  | { state: 'commands'; needs: string; tests: string[] }
  | { state: 'not run' }
  | { state: 'not answered' };

const noted = /^\/\/ Needs: .*\bhypervisor\b/m;
const headerCharacters = 1500;

/** Tests of the agent itself, and of the whole with real hosts: those with simulated hosts do not count. By path, with their text. */
function realTests(root: string): Map<string, string> {
  const files = globSync(['packages/host/src/**/*.live.test.ts', 'test/**/*.live.test.ts'], { cwd: root }).toSorted();
  return new Map(
    files
      .map((file) => [file, readFileSync(`${root}/${file}`, 'utf8')] as const)
      .filter(([file, text]) => file.startsWith('packages/host/') || noted.test(text.slice(0, headerCharacters))),
  );
}

/** Every verb of the contract and of ours, and how far it has been seen: a test on the real thing calls it by name. */
export function verbsSeen(root: string): Map<string, Seen> {
  const answered = new Set(answeredVerbs());
  const tests = [...realTests(root)];
  const look = (verb: string): Seen => {
    if (!answered.has(verb)) return { state: 'not answered' };
    const naming = tests.filter(([, text]) => text.includes(`'${verb}'`)).map(([file]) => file);
    const needs = asCommands[verb];
    if (needs !== undefined) return { state: 'commands', needs, tests: naming };
    return naming.length > 0 ? { state: 'real', tests: naming } : { state: 'not run' };
  };
  return new Map([...new Set([...Object.keys(verbParameters), ...answered])].toSorted().map((verb) => [verb, look(verb)]));
}

const mostLinks = 2;

function row(verb: string, seen: Seen): string {
  const links = (tests: string[]): string =>
    tests
      .slice(0, mostLinks)
      .map((file) => `[${file.split('/').at(-1)?.replace('.live.test.ts', '')}](../${file})`)
      .join(', ');
  switch (seen.state) {
    case 'real':
      return `| \`${verb}\` | ran on the real thing | ${links(seen.tests)} |`;
    case 'commands':
      return `| \`${verb}\` | as commands only: needs ${seen.needs} | ${links(seen.tests)} |`;
    default:
      return `| \`${verb}\` | ${seen.state} | |`;
  }
}

/** The text of docs/host-verbs.md. */
export function verbsDocument(root: string): string {
  const seen = verbsSeen(root);
  const answered = [...seen].filter(([, { state }]) => state !== 'not answered');
  const missing = [...seen].filter(([, { state }]) => state === 'not answered').map(([verb]) => verb);
  const bySpace = Map.groupBy(missing, (verb) => verb.split('.')[0] ?? '');
  const count = (state: Seen['state']): number => answered.filter(([, one]) => one.state === state).length;
  return `# Verbs of the host agent

Made by \`npm run host-verbs\` from the agent's table of verbs and the tests; a test says when it is out of date. A verb ran on the real thing when a test on a real libvirt, QEMU and storage calls it by name. ${answered.length} verbs are answered: ${count('real')} ran on the real thing, ${count('commands')} as commands only, ${count('not run')} were not run. What storage they ran on is in [host-storage.md](host-storage.md).

| Verb | Seen | Tests |
|---|---|---|
${answered.map(([verb, one]) => row(verb, one)).join('\n')}

## Not answered

Verbs of VDSM's contract that the agent answers with code 44.

${[...bySpace].map(([space, verbs]) => `- ${space}: ${verbs.map((verb) => `\`${verb.slice(space.length + 1)}\``).join(', ')}`).join('\n')}
`;
}
