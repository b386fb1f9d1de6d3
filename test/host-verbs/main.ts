import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { verbsDocument } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
writeFileSync(new URL('../../docs/host-verbs.md', import.meta.url), verbsDocument(root));
