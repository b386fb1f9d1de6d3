/** Text for a page of the manual: nothing in it is a command of roff. Source: groff_man(7). */
export function roffText(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replaceAll('…', '...').replaceAll('’', "'");
  return escaped.replace(/^([.'])/gm, '\\&$1');
}

export const bold = (text: string): string => `\\fB${roffText(text)}\\fR`;

export interface Page {
  /** `virgate-vm` */
  readonly name: string;
  /** What it is, in half a line. */
  readonly title: string;
  /** Version of the program. */
  readonly version: string;
  readonly sections: readonly (readonly [title: string, lines: readonly string[]])[];
}

/** A page of section 1, as `man` reads it. Lines of sections are roff already. */
export function manPage({ name, title, version, sections }: Page): string {
  const head = [
    `.TH ${roffText(name.toUpperCase())} 1 "" "Virgate ${roffText(version)}" "User Commands"`,
    '.SH NAME',
    `${roffText(name)} \\- ${roffText(title)}`,
  ];
  const body = sections.filter(([, lines]) => lines.length > 0).flatMap(([section, lines]) => [`.SH ${section}`, ...lines]);
  return `${[...head, ...body].join('\n')}\n`;
}

/** An entry with what it means below it. */
export const entry = (term: string, text: string): string[] => ['.TP', term, text === '' ? '\\&' : roffText(text)];

/** Lines that are shown as they are. */
export const literal = (lines: readonly string[]): string[] => ['.PP', '.nf', ...lines.map(roffText), '.fi'];
