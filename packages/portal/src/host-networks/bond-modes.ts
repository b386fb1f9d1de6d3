import type { Option } from '@virgate/contract/generated/types';
import type { TextKey } from '../text/en.ts';

/** Modes of bonds by the number that the kernel gives them, with those that may carry a bridge of VMs. Source: engine behaviour, BondMode. */
export const bondModes: readonly { readonly number: string; readonly name: string; readonly label: TextKey; readonly vm: boolean }[] = [
  { number: '0', name: 'balance-rr', label: 'bondMode.0', vm: false },
  { number: '1', name: 'active-backup', label: 'bondMode.1', vm: true },
  { number: '2', name: 'balance-xor', label: 'bondMode.2', vm: true },
  { number: '3', name: 'broadcast', label: 'bondMode.3', vm: true },
  { number: '4', name: '802.3ad', label: 'bondMode.4', vm: true },
  { number: '5', name: 'balance-tlb', label: 'bondMode.5', vm: false },
  { number: '6', name: 'balance-alb', label: 'bondMode.6', vm: false },
];

/** What the engine asks for when nothing else is said. */
export const usualMode = '4';

/** The number of the mode that options name, by number or by name. */
export function bondModeOf(options: readonly Option[]): string {
  const value = options.find((option) => option.name === 'mode')?.value ?? usualMode;
  return bondModes.find((mode) => mode.number === value || mode.name === value)?.number ?? value;
}

export function carriesVmNetworks(mode: string): boolean {
  return bondModes.find((one) => one.number === mode)?.vm !== false;
}

/** Options beside the mode, as one types them: `miimon=100 lacp_rate=1`. */
export function optionWords(options: readonly Option[]): string {
  return options
    .filter((option) => option.name !== 'mode')
    .map((option) => `${option.name ?? ''}=${option.value ?? ''}`)
    .join(' ');
}

/** Mode and words as options; undefined when a word is no `name=value`. */
export function optionsOf(mode: string, words: string): Option[] | undefined {
  const options: Option[] = [{ name: 'mode', value: mode }];
  for (const word of words.split(/\s+/).filter((one) => one !== '')) {
    const [, name, value] = /^(\w+)=(\S+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined || name === 'mode') return undefined;
    options.push({ name, value });
  }
  return options;
}
