import { CheckCircleIcon } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon.js';
import { ExclamationCircleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon.js';
import { ExclamationTriangleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon.js';
import { InProgressIcon } from '@patternfly/react-icons/dist/esm/icons/in-progress-icon.js';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon.js';
import { OffIcon } from '@patternfly/react-icons/dist/esm/icons/off-icon.js';
import { PauseCircleIcon } from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon.js';
import { UnknownIcon } from '@patternfly/react-icons/dist/esm/icons/unknown-icon.js';
import { WrenchIcon } from '@patternfly/react-icons/dist/esm/icons/wrench-icon.js';
import type { SVGIconProps } from '@patternfly/react-icons/dist/esm/createIcon.js';
import type { ComponentType, ReactNode } from 'react';
import { words } from '../text/text.ts';

/** What a status means to the eye; the word beside it says it to everybody. */
type Tone = 'good' | 'busy' | 'paused' | 'off' | 'locked' | 'warning' | 'bad' | 'care' | 'unknown';

const icons: Record<Tone, ComponentType<SVGIconProps>> = {
  good: CheckCircleIcon,
  busy: InProgressIcon,
  paused: PauseCircleIcon,
  off: OffIcon,
  locked: LockIcon,
  warning: ExclamationTriangleIcon,
  bad: ExclamationCircleIcon,
  care: WrenchIcon,
  unknown: UnknownIcon,
};

/** Statuses of VMs, hosts, storage domains, disks, templates, jobs, steps, snapshots and proposals; their words don't contradict each other. */
const tones: Readonly<Record<string, Tone>> = {
  up: 'good',
  active: 'good',
  ok: 'good',
  finished: 'good',
  done: 'good',
  normal: 'good',
  powering_up: 'busy',
  powering_down: 'busy',
  wait_for_launch: 'busy',
  reboot_in_progress: 'busy',
  migrating: 'busy',
  saving_state: 'busy',
  restoring_state: 'busy',
  initializing: 'busy',
  installing: 'busy',
  connecting: 'busy',
  reboot: 'busy',
  installing_os: 'busy',
  preparing_for_maintenance: 'busy',
  activating: 'busy',
  detaching: 'busy',
  started: 'busy',
  running: 'busy',
  paused: 'paused',
  suspended: 'paused',
  down: 'off',
  unattached: 'off',
  rejected: 'off',
  expired: 'off',
  inactive: 'bad',
  image_locked: 'locked',
  locked: 'locked',
  pending_approval: 'warning',
  pending: 'warning',
  warning: 'warning',
  mixed: 'warning',
  aborted: 'warning',
  not_responding: 'bad',
  non_responsive: 'bad',
  non_operational: 'bad',
  error: 'bad',
  install_failed: 'bad',
  failed: 'bad',
  illegal: 'bad',
  kdumping: 'bad',
  alert: 'bad',
  maintenance: 'care',
};

export function Status({ value, detail }: { value: string | undefined; detail?: string | undefined }): ReactNode {
  const tone = (value === undefined ? undefined : tones[value]) ?? 'unknown';
  const Icon = icons[tone];
  return (
    <span className="vg-status" title={detail}>
      <Icon className={`vg-status__icon vg-status__icon--${tone}`} aria-hidden />
      {words(value)}
    </span>
  );
}
