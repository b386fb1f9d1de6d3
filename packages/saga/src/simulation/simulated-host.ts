import type { ScenarioTools } from './crash-matrix.ts';

/** A host refused a request because it has seen a newer lease. */
export class StaleFenceError extends Error {
  readonly code = 'stale_fence';

  constructor(objectId: string) {
    super(`The host has seen a newer lease for ${objectId}.`);
    this.name = 'StaleFenceError';
  }
}

/** A host that keeps objects by id, refuses old fences, and answers a repeated request like the first one. */
export class SimulatedHost {
  readonly objects = new Map<string, string>();
  /** How often an effect took place, by object: a repeat has none. */
  readonly effects = new Map<string, number>();
  private readonly fences = new Map<string, number>();
  private readonly point: ScenarioTools['point'];
  private readonly fenced: boolean;

  /** @param fenced false for a host that does not know fences. */
  constructor(point: ScenarioTools['point'], fenced = true) {
    this.point = point;
    this.fenced = fenced;
  }

  async create(objectId: string, content: string, fence: number): Promise<void> {
    await this.point(`host: before create ${content}`);
    this.checkFence(objectId, fence);
    if (!this.objects.has(objectId)) {
      this.objects.set(objectId, content);
      this.effects.set(objectId, (this.effects.get(objectId) ?? 0) + 1);
    }
    await this.point(`host: after create ${content}`);
  }

  async remove(objectId: string, fence: number): Promise<void> {
    await this.point('host: before remove');
    this.checkFence(objectId, fence);
    this.objects.delete(objectId);
    await this.point('host: after remove');
  }

  private checkFence(objectId: string, fence: number): void {
    const seen = this.fences.get(objectId) ?? 0;
    if (this.fenced && fence < seen) throw new StaleFenceError(objectId);
    this.fences.set(objectId, fence);
  }
}
