/** `npm run bench -- NAME`: measures what a benchmark names, and prints medians with their ratio to the yardstick of the same run. Judges nothing. */
import { benchApi } from './api.ts';
import { benchCli } from './cli.ts';
import { benchFirstVm } from './first-vm.ts';
import { benchHost } from './host.ts';
import { benchPortal } from './portal.ts';
import { benchTransfers } from './transfers.ts';
import { benchWarehouse } from './warehouse.ts';

const benches: Record<string, (args: readonly string[]) => Promise<void>> = {
  'first-vm': benchFirstVm,
  api: benchApi,
  cli: benchCli,
  host: benchHost,
  portal: benchPortal,
  transfers: benchTransfers,
  warehouse: benchWarehouse,
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`Usage: npm run bench -- NAME; there are: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
await bench(process.argv.slice(3));
