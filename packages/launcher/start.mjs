import { join } from 'node:path';
import { repositoryRoot, runWithNode24 } from './node24.mjs';

runWithNode24(join(repositoryRoot, 'packages/launcher/src/start.ts'), process.argv.slice(2));
