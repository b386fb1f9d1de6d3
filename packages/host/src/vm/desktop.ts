import { readOptionalBoolean, readText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import type { VmRegistry } from './registry.ts';

/** Longest name and password that are told to a guest. */
const maximumLength = 256;

/** The verb VM.desktopLogin: signs a user in to the guest's desktop, by oVirt's agent there (VDSM schema, VM.desktopLogin). */
export const desktopLogin = (vms: VmRegistry): VerbHandler => {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const domain = readText(params, 'domain', maximumLength);
    const user = readText(params, 'username', maximumLength);
    const password = readText(params, 'password', maximumLength);
    vm.tellAgent('login', { username: domain === '' ? user : `${user}@${domain}`, password });
    return true;
  };
};

/** The verb VM.desktopLogoff: ends the session on the guest's desktop. `force` is the guest's to understand. */
export const desktopLogoff = (vms: VmRegistry): VerbHandler => {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const force = readOptionalBoolean(params, 'force') ?? false;
    vm.tellAgent('log-off', force ? { force } : {});
    return true;
  };
};

/** The verb VM.desktopLock: locks the guest's screen. */
export const desktopLock = (vms: VmRegistry): VerbHandler => {
  return async (params) => {
    vms.running(readUuid(params, 'vmID')).tellAgent('lock-screen');
    return true;
  };
};
