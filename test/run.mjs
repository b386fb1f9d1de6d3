// The test command for any Node >= 20; see main.ts for what it runs.
import { join } from 'node:path';
import { repositoryRoot, runWithNode24 } from '../packages/launcher/node24.mjs';

runWithNode24(join(repositoryRoot, 'test/main.ts'), process.argv.slice(2));
