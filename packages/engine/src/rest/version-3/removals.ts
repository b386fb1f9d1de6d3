import type { TypeName } from '@virgate/contract/generated/types';
import type { Entity } from '../operation.ts';
import type { RequestV3 } from './request.ts';

/** Removals of version 3 say in their body what version 4 takes as parameters. */
const bodies: Readonly<Record<string, TypeName>> = { 'storagedomains/{}': 'StorageDomain' };

const named = (value: unknown): string | undefined =>
  (value as Entity | undefined)?.id ?? ((value as Entity | undefined)?.['name'] as string);

/** The parameters of a removal that its body gives. @throws {Fault} 400 for a body that is none */
export function removalParameters(request: RequestV3, template: string): Record<string, string> {
  const body = request.body(bodies[template] ?? 'Action');
  const { vm } = body as { vm?: { disks?: { detach_only?: boolean } } };
  const values: Record<string, unknown> = {
    async: body['async'],
    force: body['force'],
    format: body['format'],
    destroy: body['destroy'],
    host: named(body['host']),
    storage_domain: named(body['storage_domain']),
    detach_only: vm?.disks?.detach_only,
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

/** Parameters of an addition that version 3 has within its body, as it was read. */
export function additionParameters(body: Entity, template: string): Record<string, string> {
  const { disks } = body as { disks?: { clone?: boolean } };
  return template === 'vms' && disks?.clone !== undefined ? { clone: String(disks.clone) } : {};
}
