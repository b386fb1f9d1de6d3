// Needs: root, hypervisor, machine
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from './command.ts';

/**
 * A daemon of its own in a mount namespace. sanlock insists on raising RLIMIT_MEMLOCK; where root
 * may not, a preloaded function answers that call.
 */
const script = `
set -eu
mkdir -p /run/sanlock
mount --make-rprivate /
mount -t tmpfs tmpfs /run/sanlock
preload=
if ! (ulimit -l unlimited) 2>/dev/null; then
  preload=/run/sanlock/limit.so
  printf '%s' 'int setrlimit(int r, const void *l) { (void)r; (void)l; return 0; } int setrlimit64(int r, const void *l) { (void)r; (void)l; return 0; }' | cc -shared -fPIC -x c -o $preload -
fi
LD_PRELOAD=$preload sanlock daemon -w 0 -l 0 -h 0 -U root -G root -e test-host
trap 'sanlock client shutdown -f 1 >/dev/null' EXIT
for attempt in 1 2 3 4 5 6 7 8 9 10; do sanlock client status >/dev/null 2>&1 && break; sleep 0.2; done
"$0" "$1"
`;

test('with a sanlock daemon the role of manager is a lease: taken, given up by a restart, and lost with its holder', async () => {
  const { stdout } = await runCommand(
    ['unshare', '-m', 'sh', '-c', script, process.execPath, join(import.meta.dirname, 'storage-fixture/sanlock-scenario.ts')],
    { timeoutMs: 180_000 },
  );
  assert.deepEqual(JSON.parse(stdout), {
    started: { spmStatus: 'SPM', spmId: 1, spmLver: 1 },
    acquired: true,
    restarted: { spmStatus: 'Free', spmId: -1, spmLver: 1 },
    acquiredAgain: true,
    startedAgain: { spmStatus: 'SPM', spmId: 1, spmLver: 2 },
    lost: { spmStatus: 'Free', spmId: -1, spmLver: 2 },
  });
});
