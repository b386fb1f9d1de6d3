/** How the engine's configuration turns a stored fence agent into what a host's fence program takes. */

/** A fence agent as it is stored, its password in the clear. */
export interface FenceAgent {
  readonly id: string;
  readonly type: string;
  readonly address: string;
  readonly port: number | null;
  readonly username: string;
  readonly password: string;
  readonly encryptOptions: boolean;
  readonly options: readonly { readonly name?: string; readonly value?: string }[];
}

/** Texts of the options that this depends on. Source: engine configuration, options of the same names. */
export interface FenceConfiguration {
  /** `drac7=ipmilan,ilo2=ilo`: the program of a type that has none of its own name. */
  readonly FenceAgentMapping: string;
  readonly CustomFenceAgentMapping: string;
  /** `apc:secure=secure,port=ipport;ilo:...`: how a program calls an option. */
  readonly VdsFenceOptionMapping: string;
  readonly CustomVdsFenceOptionMapping: string;
  /** `ilo3:power_wait=4;...`: options that a type has unless others are set. */
  readonly FenceAgentDefaultParams: string;
  readonly CustomFenceAgentDefaultParams: string;
  /** `secure=bool,port=int`. */
  readonly VdsFenceOptionTypes: string;
}

/** Parameters of the host's verb that depend on the agent. */
export interface AgentParameters {
  readonly addr: string;
  readonly port: number;
  readonly agent: string;
  readonly username: string;
  readonly password: string;
  readonly secure: boolean;
  /** Lines `key=value`. */
  readonly options: string;
}

/** `a=b,c` → a: b, c: '' */
const pairs = (text: string): Map<string, string> =>
  new Map(
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .map((one): [string, string] => {
        const at = one.indexOf('=');
        return at === -1 ? [one, ''] : [one.slice(0, at), one.slice(at + 1)];
      }),
  );

/** The part of a type in `type:a=b,c=d;type2:…`. */
function partOf(text: string, type: string): Map<string, string> {
  const found = text.split(';').find((part) => part.trim().startsWith(`${type}:`));
  return pairs(found === undefined ? '' : found.slice(found.indexOf(':') + 1));
}

/** Options of a program are switched by 1; what is off is left out. */
function written(name: string, value: string, types: ReadonlyMap<string, string>): string | undefined {
  if (types.get(name) !== 'bool') return value;
  return /^(true|yes|on|1)$/i.test(value) ? '1' : undefined;
}

/** What a host is to be told of an agent, beside the action. */
export function agentParameters(agent: FenceAgent, configuration: FenceConfiguration): AgentParameters {
  const { type } = agent;
  const programs = new Map([...pairs(configuration.FenceAgentMapping), ...pairs(configuration.CustomFenceAgentMapping)]);
  const names = new Map([...partOf(configuration.VdsFenceOptionMapping, type), ...partOf(configuration.CustomVdsFenceOptionMapping, type)]);
  const defaults = new Map([
    ...partOf(configuration.FenceAgentDefaultParams, type),
    ...partOf(configuration.CustomFenceAgentDefaultParams, type),
  ]);
  const types = pairs(configuration.VdsFenceOptionTypes);
  const portName = names.get('port');
  const said = [
    ...(agent.port !== null && portName !== undefined && portName !== '' ? [{ name: 'port', value: String(agent.port) }] : []),
    ...(agent.encryptOptions ? [{ name: 'encrypt_options', value: 'true' }] : []),
    ...agent.options,
  ];
  const lines = new Map(defaults);
  for (const { name = '', value = '' } of said) {
    const real = names.get(name) ?? name;
    const text = written(name, value, types);
    if (real === '') continue;
    if (text === undefined) lines.delete(real);
    else lines.set(real, text);
  }
  return {
    addr: agent.address,
    port: agent.port !== null && (portName === undefined || portName === '') ? agent.port : 0,
    agent: programs.get(type) ?? type,
    username: agent.username,
    password: agent.password,
    secure: false,
    options: [...lines].map(([name, value]) => `${name}=${value}\n`).join(''),
  };
}
