import type { Agent, Option } from '@virgate/contract/generated/types';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, number, text } from '../kinds/fields.ts';
import type { FieldDescription, FormDescription, Pair, PartsDescription } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

/** Kinds of fence agents that the engine knows. */
const agentTypes = [
  'amt_ws',
  'apc',
  'apc_snmp',
  'bladecenter',
  'cisco_ucs',
  'drac5',
  'drac7',
  'eps',
  'hpblade',
  'ilo',
  'ilo2',
  'ilo3',
  'ilo4',
  'ilo_ssh',
  'ipmilan',
  'redfish',
  'rsa',
  'rsb',
  'wti',
];

/** Options of an agent that have fields of their own. */
const ownOptions: readonly string[] = ['secure', 'slot'];
const optionsPath = 'options';
const optionsOf = (agent: object): readonly Option[] => (agent as Agent).options ?? [];
const optionOf = (agent: object, name: string): string => optionsOf(agent).find((one) => one.name === name)?.value ?? '';
/** The API takes all options as one: each field adds its own to what is there. */
const putOption = (body: object, name: string, value: string): void => {
  Object.assign(body, { options: [...optionsOf(body), ...(value === '' ? [] : [{ name, value }])] });
};
const beside = (path: string): string[] => [optionsPath, ...ownOptions].filter((one) => one !== path);

const agentFields: readonly FieldDescription[] = [
  text('label.agentAddress', 'address', { need: true, covers: 'pmAddressEditor' }),
  text('label.userName', 'username', { need: true, covers: 'pmUserNameEditor' }),
  { label: 'label.password', path: 'password', covers: 'pmPasswordEditor', control: { kind: 'password' }, need: true },
  choice('label.agentType', 'type', agentTypes, { need: true, covers: 'pmTypeEditor', initial: 'ipmilan' }),
  number('label.port', 'port', { min: 1, max: 65_535 }, { covers: 'pmPortEditor' }),
  number('label.order', 'order', { min: 1, max: 100 }, { need: true, initial: '1' }),
  check('label.encryptOptions', 'encrypt_options', { covers: 'pmEncryptOptionsEditor' }),
  check('label.fenceSecure', 'secure', {
    covers: 'pmSecureEditor',
    with: beside('secure'),
    read: (agent) => ['1', 'true', 'yes'].includes(optionOf(agent, 'secure')),
    write: (body, value) => putOption(body, 'secure', value === true ? 'true' : ''),
  }),
  text('label.fenceSlot', 'slot', {
    covers: 'pmSlotEditor',
    with: beside('slot'),
    read: (agent) => optionOf(agent, 'slot'),
    write: (body, value) => putOption(body, 'slot', String(value).trim()),
  }),
  {
    label: 'label.options',
    path: optionsPath,
    covers: 'pmOptionsEditor',
    control: { kind: 'pairs' },
    with: beside(optionsPath),
    read: (agent) =>
      optionsOf(agent)
        .filter((one) => !ownOptions.includes(one.name ?? ''))
        .map(({ name = '', value = '' }) => ({ name, value })),
    write: (body, value) => {
      for (const one of value as readonly Pair[]) putOption(body, one.name, one.value);
    },
  },
];
const agentForm: FormDescription = {
  title: 'fenceAgent.new',
  dialog: 'HostFenceAgentPopupView',
  tabs: [{ label: 'form.tab.general', fields: agentFields }],
};

/** The fence agents of a host, by which its power is switched. */
export const agents: PartsDescription = {
  types: ['host'],
  list: (client, owner, signal) => client.hosts.host(owner.id).fenceAgents.list({}, { signal }),
  name: (agent) => String(valueAt(agent, 'address') ?? agent.id),
  columns: [
    { label: 'label.order', path: 'order', as: 'number' },
    { label: 'label.agentAddress', path: 'address' },
    { label: 'label.agentType', path: 'type' },
    { label: 'label.userName', path: 'username' },
  ],
  empty: 'fenceAgent.empty',
  adds: [adding(agentForm, (client, target, body) => client.hosts.host(target.ownerId).fenceAgents.add(body), 'action.addFenceAgent')],
  actions: [
    editing(
      {
        ...agentForm,
        title: 'fenceAgent.edit',
        edits: true,
        tabs: [{ label: 'form.tab.general', fields: agentFields.filter((one) => one.path !== 'password') }],
      },
      (client, target, body) => client.hosts.host(target.ownerId).fenceAgents.agent(target.id).update(body),
      null,
    ),
    removing('fenceAgent.remove.body', (client, target) => client.hosts.host(target.ownerId).fenceAgents.agent(target.id).remove(), null),
  ],
};
