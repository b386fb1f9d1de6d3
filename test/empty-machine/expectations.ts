/** What `npm start` printed at its end. */
export interface Announcement {
  readonly title: string;
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly caFile: string;
}

/** @throws Error when the output does not tell how to sign in */
export function readAnnouncement(output: string): Announcement {
  const found = /^(.+)\n {2}address {3}(\S+)\n {2}user {6}(\S+)\n {2}password {2}(.+)\n {2}CA {8}(\S+)$/m.exec(output);
  if (found === null) throw new Error(`npm start did not say how to sign in:\n${output}`);
  const [, title = '', address = '', user = '', password = '', caFile = ''] = found;
  return { title, address, user, password, caFile };
}

/** The progress lines: `[3/10] engine … ok (1.2 s; …)`. */
export function stageLines(output: string): string[] {
  return output.split('\n').filter((line) => /^\[\d+\/\d+\] .* … ok \(/.test(line));
}

/** The command that a message tells to run; a person would copy it. @throws Error when there is none */
export function commandToRun(output: string): string {
  const command = /\b(?:[Rr]un as root|[Rr]un): (.+)$/m.exec(output)?.[1];
  if (command === undefined) throw new Error(`the output does not say what to run:\n${output}`);
  return command;
}

/** @throws Error with both lists when they differ */
export function mustEqual(what: string, actual: readonly string[], expected: readonly string[]): void {
  if (actual.join('\n') === expected.join('\n')) return;
  const more = actual.filter((entry) => !expected.includes(entry));
  const less = expected.filter((entry) => !actual.includes(entry));
  throw new Error(`${what}: too much: ${more.join(', ') || 'nothing'}; missing: ${less.join(', ') || 'nothing'}`);
}
