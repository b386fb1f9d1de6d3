import type { HostStatus } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { noteChange } from '../changes/outbox.ts';
import { reportedDevices, saveHostDevices } from '../host-devices/report.ts';
import { recordEvent } from '../events/record.ts';
import { hostFacts } from '../monitoring/capabilities.ts';
import { loadHost, saveFacts } from '../monitoring/host-state.ts';
import { hostFailed, notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableHosts } from './read.ts';
import { checkHostStatus } from './status-rules.ts';

const callTimeoutMs = 30_000;

/** `POST hosts/{host}/refresh`: asks the host what it is, now, and keeps it. */
export const refreshHost: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const { engine } = context;
    const found = await one(context, readableHosts, context.path['host']);
    const id = found.id ?? '';
    checkHostStatus('RefreshHostCapabilities', found['status'] as HostStatus);
    const host = await loadHost(context.db, id);
    if (!host) throw notFound();
    const { client, fence } = await engine.hosts.access(id);
    try {
      const capabilities = await client.call('Host.getCapabilities', {}, { timeoutMs: callTimeoutMs, fence });
      const devices = await client.call('Host.hostdevListByCaps', {}, { timeoutMs: callTimeoutMs, fence });
      const hardware = await client.call('Host.getHardwareInfo', {}, { timeoutMs: callTimeoutMs, fence });
      await saveHostDevices(context.db, id, reportedDevices(devices));
      await saveFacts(
        context.db,
        host,
        hostFacts(capabilities, hardware),
        capabilities as Record<string, unknown>,
        hardware as Record<string, unknown>,
      );
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      throw hostFailed('Cannot refresh Host', error.message, error);
    }
    const job = await write(context, async (trx) => {
      await recordEvent(trx, { name: 'HOST_REFRESHED_CAPABILITIES', host: { id, name: host.name }, ...attribution(context) });
      await noteChange(trx, 'host', id, 'update');
      return engine.jobs.record(trx, context, {
        action: 'RefreshHostCapabilities',
        description: `Refreshing Host Capabilities of ${host.name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    engine.hosts.refresh(id);
    return done(job);
  },
};
