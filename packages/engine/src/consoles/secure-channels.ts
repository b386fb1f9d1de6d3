import type { SystemOptions } from '../options/values.ts';

/** Channels of SPICE by the names that libvirt and viewers have for them. */
const channels = ['main', 'display', 'inputs', 'cursor', 'playback', 'record', 'smartcard', 'usbredir'];

/**
 * Channels of SPICE that are under TLS only. Source: engine configuration, SpiceSecureChannels, whose names may begin with the `s` that
 * viewers of long ago put before those of secure channels.
 */
export function secureChannelsOf(options: Pick<SystemOptions, 'text'>): string[] {
  if (options.text('SSLEnabled') !== 'true') return [];
  return options
    .text('SpiceSecureChannels')
    .split(',')
    .map((said) => said.trim())
    .flatMap((name) => [name, name.replace(/^s/, '')].find((one) => channels.includes(one)) ?? []);
}
