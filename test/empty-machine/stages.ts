/** Where the proof tells what it does. */
export type Write = (text: string) => void;

interface Done {
  readonly title: string;
  readonly seconds: number;
  readonly notes: readonly string[];
}

/** Says what is being done, with times, and at the end everything once more in a table. */
export class Stages {
  readonly #write: Write;
  readonly #done: Done[] = [];
  #atLineStart = true;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Output of commands in the machine, set off from what the proof says itself. */
  echo(text: string): void {
    for (const line of text.split(/(?<=\n)/)) {
      this.#write(this.#atLineStart ? `    ${line}` : line);
      this.#atLineStart = line.endsWith('\n');
    }
  }

  #say(line: string): void {
    this.#write(`${this.#atLineStart ? '' : '\n'}${line}\n`);
    this.#atLineStart = true;
  }

  /** Begins a part, such as another machine. */
  part(title: string): void {
    this.#say(`\n== ${title}`);
    this.#done.push({ title, seconds: Number.NaN, notes: [] });
  }

  /** Does something; `note` tells what was seen. */
  async run<T>(title: string, action: (note: (text: string) => void) => Promise<T>): Promise<T> {
    this.#say(`-- ${title}`);
    const notes: string[] = [];
    const startedAt = performance.now();
    const result = await action((text) => notes.push(text));
    const seconds = (performance.now() - startedAt) / 1000;
    this.#done.push({ title, seconds, notes });
    this.#say(`   ok (${[`${seconds.toFixed(1)} s`, ...notes].join('; ')})`);
    return result;
  }

  /** What was done so far, with times. */
  table(): string {
    const lines = this.#done.map(({ title, seconds, notes }) =>
      Number.isNaN(seconds) ? `\n${title}` : `${seconds.toFixed(1).padStart(8)} s  ${[title, ...notes].join('; ')}`,
    );
    return `${lines.join('\n')}\n`;
  }
}
