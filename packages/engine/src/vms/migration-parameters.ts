import type { InheritableBoolean, MigrationOptions } from '@virgate/contract/generated/types';

/** The policy that leaves everything to the attributes of VM and cluster. Source: engine configuration, MigrationPolicies. */
export const noPolicyId = '00000000-0000-0000-0000-000000000000';

/** Minimal downtime: the policy of clusters that name none. */
const defaultPolicyId = '80554327-0569-496b-bdeb-fcbbf52b827b';

interface PolicyAction {
  action: string;
  params: string[];
}

/** A migration policy as the option `MigrationPolicies` has it. */
export interface MigrationPolicy {
  id: { uuid: string };
  name: string;
  maxMigrations: number;
  autoConvergence: boolean;
  migrationCompression: boolean;
  enableGuestEvents: boolean;
  zeroCopy?: boolean;
  config: {
    convergenceItems: { stallingLimit: number; convergenceItem: PolicyAction }[];
    initialItems: PolicyAction[];
    lastItems: PolicyAction[];
  };
}

/** A host that takes part, as far as migration is concerned. */
export interface MigrationHost {
  address: string;
  port: number;
  /** Its address on the cluster's migration network, where that is another than the management network. */
  migrationAddress: string | null;
  /** Where its consoles are reached. */
  displayAddress: string | null;
  /** Speed of its way to the migration network; 0 where it does not say. */
  linkMbps: number;
}

/** Everything that decides how a VM is moved. Plain values. */
export interface MigrationInput {
  vmId: string;
  source: MigrationHost;
  destination: MigrationHost;
  vm: MigrationOptions;
  cluster: MigrationOptions;
  /** Milliseconds; undefined or negative leaves it to the host. */
  downtimeMs: number | undefined;
  tunnelled: boolean;
  policies: readonly MigrationPolicy[];
  defaults: { autoConverge: boolean; compressed: boolean; encrypted: boolean; downtimeMs: number };
}

/** VDSM: two each, where no policy says otherwise. */
const defaultLimit = 2;
const bitsPerByte = 8;
/** From this speed on, parallel connections are worth while where the engine decides. Source: engine behaviour, parallel migrations. */
const parallelFromMbps = 10_000;

const flagOf = (...values: (InheritableBoolean | undefined)[]): boolean | undefined => {
  const said = values.find((value) => value === 'true' || value === 'false');
  return said === undefined ? undefined : said === 'true';
};

/** The policy in force; null where VM or cluster say that there is none. */
export function effectivePolicy({ vm, cluster, policies }: Pick<MigrationInput, 'vm' | 'cluster' | 'policies'>): MigrationPolicy | null {
  const id = vm.policy?.id ?? cluster.policy?.id ?? defaultPolicyId;
  return policies.find((policy) => policy.id.uuid === id) ?? null;
}

/** MiB in a second that a migration may use; undefined leaves it to the host. Source: engine behaviour, bandwidth of migrations. */
export function bandwidthOf(input: Pick<MigrationInput, 'cluster' | 'source' | 'destination'>, maxMigrations: number): number | undefined {
  const { assignment_method: method, custom_value: custom } = input.cluster.bandwidth ?? {};
  if (method === 'hypervisor_default') return undefined;
  const mbps = method === 'custom' ? (custom ?? 0) : Math.min(input.source.linkMbps, input.destination.linkMbps);
  return mbps <= 0 ? undefined : Math.max(1, Math.floor(mbps / bitsPerByte / maxMigrations));
}

function parallelOf({ vm, cluster, source, destination }: MigrationInput): number | undefined {
  const chosen = [vm, cluster].find(({ parallel_migrations_policy: policy }) => policy !== undefined && policy !== 'inherit');
  const mbps = Math.min(source.linkMbps, destination.linkMbps);
  const byLink = Math.max(2, Math.ceil(mbps / parallelFromMbps));
  switch (chosen?.parallel_migrations_policy) {
    case 'custom':
      return chosen.custom_parallel_migrations;
    case 'auto_parallel':
      return byLink;
    case 'auto':
      return mbps > parallelFromMbps ? byLink : undefined;
    default:
      return undefined;
  }
}

const action = ({ action: name, params }: PolicyAction) => ({ name, params });

/** What is done at the start and when the memory does not come to an end. Source: VDSM schema, ConvergenceSchedule. */
const scheduleOf = ({ config }: MigrationPolicy): Record<string, unknown> => ({
  init: config.initialItems.map(action),
  stalling: [
    ...config.convergenceItems.map(({ stallingLimit, convergenceItem }) => ({ limit: stallingLimit, action: action(convergenceItem) })),
    ...config.lastItems.map((item) => ({ limit: -1, action: action(item) })),
  ],
});

/** The parameters of `VM.migrate`. Pure. Source: VDSM schema, MigrateParams; engine behaviour, migration policies. */
export function migrationParameters(input: MigrationInput): Record<string, unknown> {
  const { vmId, source, destination, vm, cluster, defaults } = input;
  const policy = effectivePolicy(input);
  const maxMigrations = policy?.maxMigrations ?? defaultLimit;
  const bandwidth = bandwidthOf(input, maxMigrations);
  const parallel = parallelOf(input);
  const compressed = flagOf(vm.compressed, cluster.compressed) ?? policy?.migrationCompression ?? defaults.compressed;
  const encrypted = flagOf(vm.encrypted, cluster.encrypted) ?? defaults.encrypted;
  // QEMU sends memory without copying it only as it is, and over several connections.
  const zeroCopy = policy?.zeroCopy === true && parallel !== undefined && !compressed && !encrypted;
  const downtimeMs = input.downtimeMs !== undefined && input.downtimeMs >= 0 ? input.downtimeMs : defaults.downtimeMs;
  return {
    vmId,
    src: source.address,
    dst: `${destination.address.includes(':') ? `[${destination.address}]` : destination.address}:${destination.port}`,
    method: 'online',
    tunneled: String(input.tunnelled),
    abortOnError: 'true',
    autoConverge: String(flagOf(vm.auto_converge, cluster.auto_converge) ?? policy?.autoConvergence ?? defaults.autoConverge),
    compressed: String(compressed),
    encrypted,
    incomingLimit: maxMigrations,
    outgoingLimit: maxMigrations,
    enableGuestEvents: policy?.enableGuestEvents ?? false,
    ...(destination.migrationAddress === null ? {} : { dstqemu: destination.migrationAddress }),
    ...(destination.displayAddress === null ? {} : { consoleAddress: destination.displayAddress }),
    ...(bandwidth === undefined ? {} : { maxBandwidth: bandwidth }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(zeroCopy ? { zerocopy: true } : {}),
    ...(policy === null ? (downtimeMs > 0 ? { downtime: downtimeMs } : {}) : { convergenceSchedule: scheduleOf(policy) }),
  };
}
