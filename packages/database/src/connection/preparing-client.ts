import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { isStalePlan } from './errors.ts';
import { connectionLimits } from './limits.ts';

interface Statement {
  /** How often it was seen while it had no name. */
  seen: number;
  name: string | undefined;
}

/**
 * Texts of statements by how often they are used. One that comes again and again gets a name, under which each connection prepares it once:
 * parsing and planning cost more than running most of ours. Texts that are made up as one goes stay without.
 */
class StatementNames {
  private readonly statements = new Map<string, Statement>();
  private named = 0;
  private generation = 1;

  nameOf(text: string): string | undefined {
    const known = this.statements.get(text) ?? this.admit(text);
    if (known.name !== undefined) return known.name;
    known.seen += 1;
    if (known.seen < connectionLimits.prepareAfterUses || this.named >= connectionLimits.preparedStatements) return undefined;
    this.named += 1;
    known.name = `v${this.generation}_${this.named}`;
    return known.name;
  }

  /** The schema has changed beneath the prepared statements: they are all prepared anew, under other names. */
  renew(): void {
    this.statements.clear();
    this.named = 0;
    this.generation += 1;
  }

  private admit(text: string): Statement {
    if (this.statements.size >= connectionLimits.rememberedStatements) {
      for (const [each, { name }] of this.statements) if (name === undefined) this.statements.delete(each);
    }
    const fresh: Statement = { seen: 0, name: undefined };
    this.statements.set(text, fresh);
    return fresh;
  }
}

type QueryCallback = (error: unknown, result: unknown) => void;
type PlainQuery = (...args: unknown[]) => unknown;

/**
 * A class of clients, for one pool, that prepare the statements which are used often.
 */
export function preparingClient(): typeof Client {
  const names = new StatementNames();
  class PreparingClient extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      const plain = super.query.bind(this) as unknown as PlainQuery;
      const query = (...args: unknown[]): unknown => {
        const [text, values, callback] = args;
        const named = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? names.nameOf(text) : undefined;
        if (named === undefined || typeof text !== 'string') return plain(...args);
        const config: QueryConfig = { name: named, text, values: values as unknown[] };
        if (typeof callback !== 'function') return queryNamed(plain, config);
        return void queryNamed(plain, config).then(
          (result) => (callback as QueryCallback)(undefined, result),
          (error: unknown) => (callback as QueryCallback)(error, undefined),
        );
      };
      this.query = query as unknown as Client['query'];
    }
  }

  const queryNamed = async (plain: PlainQuery, config: QueryConfig): Promise<unknown> => {
    try {
      return await plain(config);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      names.renew();
      const { text, values } = config;
      return await (plain({ text, values }) as Promise<unknown>).catch((second: unknown) => {
        // Within a transaction the first error has ended it already: it is the transaction that is to be repeated.
        throw (second as { code?: string }).code === '25P02' ? error : second;
      });
    }
  };
  return PreparingClient;
}
