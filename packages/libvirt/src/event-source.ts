import type { DomainEvents, NetworkEvents, NodeDeviceEvents, SecretEvents, StoragePoolEvents } from './generated/events.ts';
import type { MonitorEvent, Unsubscribe } from './subscriptions.ts';

/** Where libvirt's events can be listened to: one connection, or a pool that renews its connection. Handlers get the events of all objects. */
export interface EventSource {
  onDomainEvent<Kind extends keyof DomainEvents>(kind: Kind, handler: (event: DomainEvents[Kind]) => void): Promise<Unsubscribe>;
  onNetworkEvent<Kind extends keyof NetworkEvents>(kind: Kind, handler: (event: NetworkEvents[Kind]) => void): Promise<Unsubscribe>;
  onStoragePoolEvent<Kind extends keyof StoragePoolEvents>(
    kind: Kind,
    handler: (event: StoragePoolEvents[Kind]) => void,
  ): Promise<Unsubscribe>;
  onNodeDeviceEvent<Kind extends keyof NodeDeviceEvents>(
    kind: Kind,
    handler: (event: NodeDeviceEvents[Kind]) => void,
  ): Promise<Unsubscribe>;
  onSecretEvent<Kind extends keyof SecretEvents>(kind: Kind, handler: (event: SecretEvents[Kind]) => void): Promise<Unsubscribe>;
  /** Every event of QEMU's monitor. */
  onMonitorEvent(handler: (event: MonitorEvent) => void): Promise<Unsubscribe>;
}
