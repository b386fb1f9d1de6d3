/** For tests and benchmarks only: a host with libvirtd and agent in a temporary folder, documents for it, and storage as an engine makes it. */
export { makeAuthority } from './certificates.ts';
export { testDomain } from './domain.ts';
export { LiveHost } from './host.ts';
export { makePool, newVolume } from '../storage-fixture/host.ts';
export type { PoolFixture, StorageCaller } from '../storage-fixture/host.ts';
