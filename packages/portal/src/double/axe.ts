import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { CDPSession, Page } from 'playwright-core';

/** What of a page is against a rule. */
export interface Violation {
  /** Where it was seen: page, theme, language. */
  readonly place: string;
  readonly rule: string;
  readonly help: string;
  /** Selector of the element, and what is wrong with it. */
  readonly selector: string;
  readonly summary: string;
}

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Rules whose outcome hangs on colours alone: of a page that was looked at, these are left for another theme. */
const colourRules = ['color-contrast', 'link-in-text-block'];
const source = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/**
 * Looks through a page with axe. It runs in a world of its own beside the page's scripts: the page's content policy allows neither its
 * script nor what it does, and stays in force for the page.
 */
export class Axe {
  readonly #page: Page;
  readonly #session: CDPSession;
  #world: number | undefined;

  private constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.#session = session;
    // Another document has no such world any more.
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#world) this.#world = undefined;
    });
  }

  static async on(page: Page): Promise<Axe> {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.enable');
    return new Axe(page, session);
  }

  /** What is against WCAG 2.2 A and AA in the page as it is, or in a part of it. */
  async violations(place: string, within = ':root'): Promise<Violation[]> {
    return await this.#run(place, within, { runOnly: levels, rules: { 'target-size': { enabled: true } } });
  }

  /** The same of colours alone. */
  async colourViolations(place: string, within = ':root'): Promise<Violation[]> {
    return await this.#run(place, within, { runOnly: { type: 'rule', values: colourRules } });
  }

  async #run(place: string, within: string, options: RunOptions): Promise<Violation[]> {
    const asked: RunOptions = { ...options, resultTypes: ['violations'], iframes: false };
    const { violations } = (await this.#evaluate(
      `axe.run(document.querySelector(${JSON.stringify(within)}), ${JSON.stringify(asked)}).then(({ violations }) => ({ violations }))`,
    )) as Pick<AxeResults, 'violations'>;
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => ({
        place,
        rule: id,
        help,
        selector: target.flat().join(' '),
        summary: failureSummary.split('\n').slice(1).join('; ').replace(/\s+/g, ' ').trim(),
      })),
    );
  }

  async #evaluate(expression: string): Promise<unknown> {
    if (this.#world === undefined) {
      const { frameTree } = await this.#session.send('Page.getFrameTree');
      const world = await this.#session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
      this.#world = world.executionContextId;
      await this.#evaluate(`${source}; undefined`);
    }
    const { result, exceptionDetails } = await this.#session.send('Runtime.evaluate', {
      expression,
      contextId: this.#world,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(`axe on ${this.#page.url()}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }
}

/** Violations as a failure tells them: each rule once, with the places and elements that are against it. */
export function told(violations: readonly Violation[]): string {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  return [...byRule]
    .map(([rule, all]) => {
      const byElement = Map.groupBy(all, ({ selector, summary }) => `${selector}\n    ${summary}`);
      const elements = [...byElement].map(([element, those]) => `  ${element}\n    on ${those.map(({ place }) => place).join(', ')}`);
      return `${rule}: ${all[0]?.help ?? ''}\n${elements.join('\n')}`;
    })
    .join('\n');
}
