import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { PageWords } from './page-words.ts';

const style = `body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f0f2f5;color:#151515;display:grid;min-height:100vh;place-items:center}
main{background:#fff;padding:2rem;border-radius:12px;width:min(24rem,calc(100vw - 4rem));box-shadow:0 2px 12px #0002}
h1{font-size:1.4rem;margin:0 0 1rem}label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input,select,button{font:inherit;box-sizing:border-box;width:100%;padding:.5rem .6rem;border:1px solid #8a8d90;border-radius:6px}
button{margin-top:1.25rem;background:#0066cc;color:#fff;border-color:#0066cc;font-weight:600;cursor:pointer}
.problem{background:#fce3e3;border-left:4px solid #b1380b;padding:.5rem .75rem;margin:0 0 1rem}
.notice{background:#e0f0ff;border-left:4px solid #0066cc;padding:.5rem .75rem;margin:0 0 1rem}
a{color:#004d99}code,li{font-family:ui-monospace,monospace;overflow-wrap:anywhere}svg{display:block;width:14rem;margin:1rem auto}
.other{display:block;text-align:center;margin-top:.75rem;padding:.5rem;border:1px solid #0066cc;border-radius:6px;text-decoration:none}
@media (prefers-color-scheme:dark){body{background:#151515;color:#e0e0e0}main{background:#292929}input,select{background:#1f1f1f;color:inherit}a{color:#92c5f9}.problem{background:#4b1b10}.notice{background:#032142}svg{background:#fff}}`;
const styleHash = createHash('sha256').update(style).digest('base64');

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that needs no escaping any more. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const rendered = (value: unknown): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return value === null || value === undefined || value === false ? '' : String(value).replace(/[&<>"']/g, (sign) => signs[sign] ?? '');
};

/** HTML from a template: every value in it is escaped unless it is HTML itself. */
export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html =>
  new Html(parts.map((part, at) => `${part}${at < values.length ? rendered(values[at]) : ''}`).join(''));

/** What stands on a page, in which language, and with which status it is sent. */
export interface Page {
  readonly words: PageWords;
  /** English; told in the page's language. */
  readonly title: string;
  readonly content: Html;
  /** 200 unless it is said. */
  readonly status?: number | undefined;
  /** An address to which the answer to a form may send the browser on: browsers hold redirects against the policy too. */
  readonly leadsTo?: string | undefined;
}

/** Sends a page: no scripts, nothing from elsewhere, no frames, forms to the engine alone. */
export function sendPage(reply: FastifyReply, { words, title: english, content, status = 200, leadsTo }: Page): FastifyReply {
  const title = words.tell(english);
  const formTargets = ["'self'", ...(leadsTo === undefined ? [] : [new URL(leadsTo).origin])].join(' ');
  const page = html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
  return reply
    .code(status)
    .type('text/html;charset=UTF-8')
    .headers({
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${formTargets}; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
      'Content-Language': words.language,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    })
    .send(page.text);
}
