import type { Answer, TestEngine } from './engine.ts';

/** A browser as far as signing in goes: it keeps cookies, fills in forms, and follows redirects within the engine. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Posts a form from a page of the engine, or of `origin`. */
  submit(path: string, fields: Record<string, string>, origin?: string): Promise<Answer>;
}

export const locationOf = (answer: Answer): string => String(answer.headers['location'] ?? '');

/** A browser of its own, without cookies. */
export function testBrowser(engine: TestEngine): TestBrowser {
  const nobody = engine.client(null);
  const cookies = new Map<string, string>();
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await nobody.call(method, path, {
      ...(body === undefined ? {} : { body }),
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...headers },
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (set.includes('Max-Age=0') || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  return {
    cookies,
    get: (path, headers = {}) => ask('GET', path, headers),
    submit: (path, fields, origin = engine.url) =>
      ask('POST', path, { 'content-type': 'application/x-www-form-urlencoded', origin }, new URLSearchParams(fields).toString()),
  };
}
