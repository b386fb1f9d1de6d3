import { check, choice, number, text } from '../kinds/fields.ts';
import type { Around, FieldDescription, FieldValue, FormDescription } from '../kinds/kind.ts';
import type { TextKey } from '../text/en.ts';
import { bondModeOf, bondModes, optionsOf, optionWords, usualMode } from './bond-modes.ts';
import type { Address, Bond, Settings } from './draft.ts';

const isIpv4 = (value: string): boolean => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(value);
/** Whether it can be a text of an IPv6 address; the engine has the last word. */
const isIpv6 = (value: string): boolean => /^[0-9a-f:.]{2,45}$/i.test(value) && value.includes(':');
const isMask = (value: string): boolean => (/^\d{1,2}$/.test(value) ? Number(value) <= 32 : isIpv4(value));
const isPrefix = (value: string): boolean => /^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= 128;

/** A text that is empty, or passes a test. */
const like =
  (test: (value: string) => boolean, problem: TextKey) =>
  (value: FieldValue): TextKey | undefined =>
    value === '' || test(String(value).trim()) ? undefined : problem;

const methodsV4 = ['none', 'dhcp', 'static'] as const;
const methodsV6 = ['none', 'dhcp', 'autoconf', 'poly_dhcp_autoconf', 'static'] as const;
const methodLabels: Readonly<Record<string, TextKey>> = {
  none: 'bootProtocol.none',
  dhcp: 'bootProtocol.dhcp',
  static: 'bootProtocol.static',
  autoconf: 'bootProtocol.autoconf',
  poly_dhcp_autoconf: 'bootProtocol.poly',
};

function addressFields(family: 'ipv4' | 'ipv6'): readonly FieldDescription[] {
  const four = family === 'ipv4';
  const isStatic = (around: Around): boolean => around.value(`${family}_method`) === 'static';
  const address = like(four ? isIpv4 : isIpv6, four ? 'form.ipv4' : 'form.ipv6');
  return [
    {
      ...choice('label.bootProtocol', `${family}_method`, four ? methodsV4 : methodsV6, { need: true }),
      control: { kind: 'choice', options: four ? methodsV4 : methodsV6, label: methodLabels },
    },
    text('label.ipAddress', `${family}_address`, { need: true, when: isStatic, refuses: address }),
    text(four ? 'label.netmask' : 'label.prefixLength', `${family}_mask`, {
      need: true,
      when: isStatic,
      refuses: like(four ? isMask : isPrefix, four ? 'form.netmask' : 'form.prefix'),
    }),
    text('label.gateway', `${family}_gateway`, { when: isStatic, refuses: address }),
  ];
}

const overridden = (around: Around): boolean => around.value('qos') === true;
const share = (label: TextKey, path: string): FieldDescription => number(label, path, { min: 1, max: 100_000_000 }, { when: overridden });

/** How a host takes part in a network; of flat values, as {@link settingsValues} gives them. */
export const settingsForm = (outOfSync: boolean): FormDescription => ({
  title: 'hostNetworks.settings.title',
  dialog: 'NetworkAttachmentPopupView',
  edits: true,
  tabs: [
    {
      label: 'hostNetworks.tab.ipv4',
      fields: [...(outOfSync ? [check('hostNetworks.sync', 'sync', { hint: 'hostNetworks.sync.hint' })] : []), ...addressFields('ipv4')],
    },
    { label: 'hostNetworks.tab.ipv6', fields: addressFields('ipv6') },
    {
      label: 'hostNetworks.tab.dns',
      fields: [
        {
          label: 'label.dnsServers',
          path: 'name_servers',
          control: { kind: 'lines' },
          hint: 'hostNetworks.dns.hint',
          refuses: (value) =>
            String(value)
              .split('\n')
              .map((line) => line.trim())
              .every((line) => line === '' || isIpv4(line) || isIpv6(line))
              ? undefined
              : 'form.addresses',
        },
      ],
    },
    {
      label: 'hostNetworks.tab.qos',
      fields: [
        check('hostNetworks.qos.override', 'qos', { hint: 'hostNetworks.qos.hint' }),
        share('label.weightedShare', 'share'),
        share('label.rateLimit', 'limit'),
        share('label.committedRate', 'committed'),
      ],
    },
    {
      label: 'hostNetworks.tab.properties',
      fields: [{ label: 'label.customProperties', path: 'properties', control: { kind: 'pairs' }, hint: 'hostNetworks.properties.hint' }],
    },
  ],
});

/** Settings as the form holds them. */
interface SettingsValues {
  id?: string;
  sync: boolean;
  qos: boolean;
  share?: number | undefined;
  limit?: number | undefined;
  committed?: number | undefined;
  name_servers: readonly string[];
  properties: readonly { name: string; value: string }[];
  [address: `${'ipv4' | 'ipv6'}_${string}`]: string | undefined;
}

export function settingsValues({ ipv4, ipv6, nameServers, qos, properties }: Settings, sync: boolean): SettingsValues {
  const of = (family: 'ipv4' | 'ipv6', { method, address, mask, gateway }: Address) => ({
    [`${family}_method`]: method,
    [`${family}_address`]: address,
    [`${family}_mask`]: mask,
    [`${family}_gateway`]: gateway,
  });
  return {
    ...of('ipv4', ipv4),
    ...of('ipv6', ipv6),
    sync,
    qos: qos !== undefined,
    share: qos?.outbound_average_linkshare,
    limit: qos?.outbound_average_upperlimit,
    committed: qos?.outbound_average_realtime,
    name_servers: nameServers ?? [],
    properties,
  };
}

/** What the form comes to. @param changed what it sends: the values that were changed */
export function settingsFrom(before: SettingsValues, changed: object): { settings: Settings; sync: boolean } {
  const values: SettingsValues = { ...before, ...(changed as Partial<SettingsValues>) };
  const of = (family: 'ipv4' | 'ipv6'): Address => {
    const method = values[`${family}_method`] ?? 'none';
    const typed = (name: string): string => (method === 'static' ? (values[`${family}_${name}`] ?? '').trim() : '');
    return { method, address: typed('address'), mask: typed('mask'), gateway: typed('gateway') };
  };
  return {
    sync: values.sync,
    settings: {
      ipv4: of('ipv4'),
      ipv6: of('ipv6'),
      nameServers: values.name_servers.length === 0 ? undefined : values.name_servers,
      qos: values.qos
        ? {
            outbound_average_linkshare: values.share,
            outbound_average_upperlimit: values.limit,
            outbound_average_realtime: values.committed,
          }
        : undefined,
      properties: values.properties.filter((pair) => pair.name !== ''),
    },
  };
}

/** Name, mode and options of a bond. */
export const bondForm = (isNew: boolean): FormDescription => ({
  title: isNew ? 'hostNetworks.bond.new' : 'hostNetworks.bond.edit',
  dialog: 'SetupNetworksBondPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        ...(isNew ? [text('label.bondName', 'name', { need: true, hint: 'hostNetworks.bond.name.hint' })] : []),
        {
          label: 'label.bondMode',
          path: 'mode',
          need: true,
          hint: 'hostNetworks.bond.mode.hint',
          control: {
            kind: 'choice',
            options: bondModes.map((mode) => mode.number),
            label: Object.fromEntries(bondModes.map((mode) => [mode.number, mode.label])),
          },
        },
        text('label.bondOptions', 'options', {
          hint: 'hostNetworks.bond.options.hint',
          refuses: (value) => (optionsOf(usualMode, String(value)) === undefined ? 'hostNetworks.bond.options.wrong' : undefined),
        }),
      ],
    },
  ],
});

/** The form of a bond with what it holds to begin with. */
export function bondFormOf(isNew: boolean, name: string, bond: Bond): FormDescription {
  const initial: Readonly<Record<string, string>> = { name, mode: bondModeOf(bond.options), options: optionWords(bond.options) };
  const form = bondForm(isNew);
  return {
    ...form,
    tabs: form.tabs.map((tab) => ({ ...tab, fields: tab.fields.map((field) => ({ ...field, initial: initial[field.path] ?? '' })) })),
  };
}

export const labelForm: FormDescription = {
  title: 'hostNetworks.label.new',
  dialog: 'SetupNetworksLabelPopupView',
  tabs: [{ label: 'form.tab.general', fields: [text('label.networkLabel', 'label', { need: true, hint: 'hostNetworks.label.hint' })] }],
};
