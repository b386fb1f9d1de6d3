import type { Plugin } from 'vite';

/**
 * PatternFly's base style sheet brings an icon font that the portal doesn't draw with, every theme variant, and some 2,900 design tokens of which
 * a fraction is read. This leaves out the icon font, the fonts of other scripts, and each token that no rule, no script and no other kept token reads.
 */
export function leanPatternFly(): Plugin {
  return {
    name: 'virgate-lean-patternfly',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (!/@patternfly\/react-core\/dist\/styles\/base(-no-reset)?\.css$/.test(id)) return undefined;
      return { code: withoutIconFont(code), map: null };
    },
    generateBundle(_, bundle) {
      const sheets = Object.values(bundle).filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
      const scripts = Object.values(bundle).filter((file) => file.type === 'chunk');
      const css = sheets.map((file) => (file.type === 'asset' ? String(file.source) : ''));
      const keep = tokensInUse(
        css,
        scripts.map((file) => (file.type === 'chunk' ? file.code : '')),
      );
      sheets.forEach((file, index) => {
        if (file.type === 'asset') file.source = withoutTokens(css[index] ?? '', keep);
      });
    },
  };
}

/** Drops the rules and the font face of PatternFly's icon font. */
export function withoutIconFont(css: string): string {
  return css
    .replace(/@font-face\s*\{[^}]*pficon[^}]*\}/g, '')
    .replace(/\.pf-v6-pficon-[\w-]+:{1,2}before\s*\{[^}]*\}/g, '')
    .replace(/\[class\*=(["']?)pf-v6-pficon-\1\][^{]*\{[^}]*\}/g, '');
}

const declaration = /(--pf-[\w-]+)\s*:\s*((?:[^;{}"']|"[^"]*"|'[^']*')*)(;|(?=\}))/g;

/** Names of the custom properties that are read by rules or scripts, and by what those read in turn. */
export function tokensInUse(sheets: readonly string[], scripts: readonly string[]): ReadonlySet<string> {
  const readBy = new Map<string, Set<string>>();
  const used = new Set<string>();
  for (const css of sheets) {
    for (const [, name = '', value = ''] of css.matchAll(declaration)) {
      const reads = readBy.get(name) ?? new Set<string>();
      for (const token of names(value)) reads.add(token);
      readBy.set(name, reads);
    }
    for (const token of names(css.replace(declaration, ''))) used.add(token);
  }
  for (const code of scripts) for (const token of names(code)) used.add(token);
  const queue = [...used];
  for (let token = queue.pop(); token !== undefined; token = queue.pop()) {
    for (const next of readBy.get(token) ?? []) {
      if (!used.has(next)) {
        used.add(next);
        queue.push(next);
      }
    }
  }
  return used;
}

function names(text: string): Iterable<string> {
  return Array.from(text.matchAll(/--pf-[\w-]+/g), (match) => match[0]);
}

/** The sheet without declarations of custom properties that are not in `keep`. */
export function withoutTokens(css: string, keep: ReadonlySet<string>): string {
  return css.replace(declaration, (whole, name: string) => (keep.has(name) ? whole : ''));
}
