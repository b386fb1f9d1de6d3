/** The bridge of hosts on which ports of OVN's networks are. A host that has it counts as having all networks of its provider. */
export const ovnBridge = 'br-int';
/** As what the provider is known to hosts and clients. Source: REST contract, external_plugin_type. */
export const ovnPluginType = 'OVIRT_PROVIDER_OVN';
