/** Composition root: starts and stops everything of a data folder. */
export { defaultDataDir, parseStartOptions } from './command-line.ts';
export type { StartOptions } from './command-line.ts';
export type { Endpoint } from './endpoint.ts';
export { LauncherError } from './errors.ts';
export type { LauncherErrorCode } from './errors.ts';
export { Launcher } from './launcher.ts';
export type { Outcome } from './launcher.ts';
export { answers, northboundAddress, prepareOvn } from './system/ovn.ts';
export { ensureLibvirtAccount } from './system/libvirt-account.ts';
export { SYSTEM_PACKAGE_GROUPS, SystemPackagesError, ensureSystemPackages, findProgram } from './system-packages.ts';
export type { SystemPackageGroup, SystemPackageGroupName } from './system-packages.ts';
