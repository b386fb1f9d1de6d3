/** What one rule of a security group lets pass. */
export interface SecurityRule {
  /** To guests (`ingress`), or from them. */
  direction: 'ingress' | 'egress';
  version: 'v4' | 'v6';
  /** Missing: any. */
  protocol?: 'tcp' | 'udp' | 'icmp';
  portFrom?: number;
  portTo?: number;
  /** The other end: a network, or the ports of a group; missing: anybody. */
  remoteCidr?: string;
  /** By its name in OVN. */
  remoteGroup?: string;
}

/** An access control list of OVN, as its table has it. */
export interface AccessRule {
  direction: 'from-lport' | 'to-lport';
  match: string;
  action: 'allow-related' | 'drop';
  priority: number;
}

const allowPriority = 1001;
const dropPriority = 1000;

function protocolMatch({ protocol, version, portFrom, portTo = portFrom }: SecurityRule): string[] {
  if (protocol === undefined) return [];
  if (protocol === 'icmp') return [version === 'v4' ? 'icmp4' : 'icmp6'];
  if (portFrom === undefined) return [protocol];
  return [
    protocol,
    portFrom === portTo ? `${protocol}.dst == ${portFrom}` : `${protocol}.dst >= ${portFrom} && ${protocol}.dst <= ${portTo}`,
  ];
}

/** The list that lets pass what a rule says, to or from the ports of a group. Pure. Source: OVN, northbound schema, ACL. */
export function accessRuleOf(group: string, rule: SecurityRule): AccessRule {
  const isIngress = rule.direction === 'ingress';
  const ip = rule.version === 'v4' ? 'ip4' : 'ip6';
  const remote = `${ip}.${isIngress ? 'src' : 'dst'}`;
  const match = [
    `${isIngress ? 'outport' : 'inport'} == @${group}`,
    ip,
    ...(rule.remoteCidr === undefined ? [] : [`${remote} == ${rule.remoteCidr}`]),
    ...(rule.remoteGroup === undefined ? [] : [`${remote} == $${rule.remoteGroup}_${ip}`]),
    ...protocolMatch(rule),
  ];
  return { direction: isIngress ? 'to-lport' : 'from-lport', match: match.join(' && '), action: 'allow-related', priority: allowPriority };
}

/** What holds for every port that is in any group: nothing passes unless a group lets it, but that guests ask for their address. Pure. */
export const dropRules = (group: string): AccessRule[] => [
  { direction: 'to-lport', match: `outport == @${group} && ip`, action: 'drop', priority: dropPriority },
  { direction: 'from-lport', match: `inport == @${group} && ip`, action: 'drop', priority: dropPriority },
  {
    direction: 'from-lport',
    match: `inport == @${group} && ip4 && udp && udp.src == 68 && udp.dst == 67`,
    action: 'allow-related',
    priority: allowPriority,
  },
];
