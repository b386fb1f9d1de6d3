/** Ids that are the same in every installation. Source: REST contract, system objects with fixed ids. */
export const blankTemplateId = '00000000-0000-0000-0000-000000000000';
export const defaultMacPoolId = '58ca604b-017d-0374-0220-00000000014e';
export const defaultDataCenterId = '58cfb470-02f3-03d7-0386-0000000003bc';
export const defaultClusterId = '58cfb470-03b9-01d0-03b9-0000000001e7';
export const managementNetworkId = '00000000-0000-0000-0000-000000000009';
export const managementProfileId = '0000000a-000a-000a-000a-000000000398';
/** Scheduling policy `none`, which clusters have unless told otherwise. */
export const defaultSchedulingPolicyId = 'b4ed2332-a7ac-4d5f-9596-99a439cb2812';

const gib = 1024 ** 3;
/** Predefined instance types: id, name, memory, sockets. */
export const instanceTypes = [
  { id: '00000003-0003-0003-0003-0000000000be', name: 'Tiny', memoryBytes: gib / 2, sockets: 1 },
  { id: '00000005-0005-0005-0005-0000000002e6', name: 'Small', memoryBytes: 2 * gib, sockets: 1 },
  { id: '00000007-0007-0007-0007-00000000010a', name: 'Medium', memoryBytes: 4 * gib, sockets: 2 },
  { id: '00000009-0009-0009-0009-0000000000f1', name: 'Large', memoryBytes: 8 * gib, sockets: 2 },
  { id: '0000000b-000b-000b-000b-00000000021f', name: 'XLarge', memoryBytes: 16 * gib, sockets: 4 },
] as const;
