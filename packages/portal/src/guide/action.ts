import { lazy } from 'react';
import type { ActionDescription } from '../kinds/kind.ts';

const load = () => import('./guide-dialog.tsx');

const guiding = (dialog: NonNullable<ActionDescription['dialog']>): ActionDescription => ({
  key: 'guide',
  label: 'action.guideMe',
  can: null,
  dialog,
  run: () => Promise.resolve(),
});

export const guidingDataCenter = guiding(lazy(async () => ({ default: (await load()).DataCenterGuide })));
export const guidingCluster = guiding(lazy(async () => ({ default: (await load()).ClusterGuide })));
export const guidingVm = guiding(lazy(async () => ({ default: (await load()).VmGuide })));
