import { totalmem } from 'node:os';

/** How careful the server is: `durable` for real data; `fast` gives up on power cuts and is for tests only. */
export type Durability = 'durable' | 'fast';

/** The server's settings. They go on its command line, so a data folder never disagrees with the program. */
export function serverSettings(major: number, socketDir: string, durability: Durability): Record<string, string> {
  const sharedMegabytes = Math.max(16, Math.min(128, Math.floor(totalmem() / 2 ** 20 / 8)));
  return {
    listen_addresses: '',
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: `${sharedMegabytes}MB`,
    // One saga may hold hundreds of object locks, each an advisory lock while it is being taken.
    max_locks_per_transaction: '128',
    wal_level: 'replica',
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    jit: 'off',
    ...(major >= 18 ? { io_method: 'sync' } : {}),
    ...(durability === 'fast' ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' } : {}),
  };
}

/** The settings as arguments of `postgres`. */
export function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
