import type { Proposal } from '@virgate/contract/generated/virgate';
import { ApiFault } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import type { ActionDescription, Entity, FormDescription, Kind } from '../kinds/kind.ts';
import { stringAt, valueAt } from '../kinds/value.ts';
import type { TextKey } from '../text/en.ts';
import { objectPathOf, proposedValues } from './change.ts';

/** Proposals that are told at once; the newest come first. */
const most = 1000;

const path = (entity: Entity): string => stringAt(entity, 'path') ?? '';

/** The object that a proposal is about, as it is now; undefined when it is gone, may not be seen, or the proposal is about none. */
async function present(client: Client, proposal: Entity, signal: AbortSignal): Promise<Entity | undefined> {
  const place = objectPathOf(path(proposal));
  if (place === undefined) return undefined;
  try {
    return (await client.transport.json({ method: 'GET', path: place }, { signal })) as Entity;
  } catch (error) {
    if (error instanceof ApiFault && !error.signedOut) return undefined;
    throw error;
  }
}

const deciding = (title: TextKey, hint: TextKey): FormDescription => ({
  title,
  tabs: [{ label: 'form.tab.general', fields: [{ label: 'label.reason', path: 'reason', control: { kind: 'area' }, hint }] }],
});

const action = (key: 'approve' | 'reject', more: Pick<ActionDescription, 'form' | 'run' | 'danger'>): ActionDescription => ({
  key,
  label: `action.${key}`,
  can: null,
  bulk: true,
  reason: (proposal) => (valueAt(proposal, 'state') === 'pending' ? undefined : 'proposal.decided'),
  ...more,
});

/** What assistants want to change, and one's word on it. */
export const proposals: Kind = {
  page: 'proposals',
  path: '/proposals',
  type: 'proposal',
  title: 'proposals.title',
  empty: 'proposals.empty',
  searchable: false,
  unasked: true,
  list: async (client, _, signal) => (await client.virgate.proposals.get({ max: most }, { signal })).proposals,
  one: (client, id, signal) => client.virgate.proposals.proposal(id).get({ signal }),
  name: (proposal) => stringAt(proposal, 'operation') ?? proposal.id ?? '',
  status: 'state',
  sort: { column: 'proposed', descending: true },
  columns: [
    { label: 'label.operation', path: 'operation', width: 220 },
    { label: 'label.state', path: 'state', as: 'status' },
    { label: 'label.reason', path: 'reason', width: 260 },
    { label: 'label.user', path: 'user.name', width: 180 },
    { label: 'label.proposed', path: 'created', as: 'date' },
    { label: 'label.decidedBy', path: 'decidedBy', width: 180 },
    { label: 'label.expires', path: 'expires', as: 'date' },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.reason', path: 'reason' },
        { label: 'label.object', path: 'object' },
        { label: 'label.request', path: (proposal) => `${stringAt(proposal, 'http') ?? ''} ${path(proposal)}` },
        { label: 'label.user', path: 'user.name' },
        { label: 'label.proposed', path: 'created', as: 'date' },
        { label: 'label.expires', path: 'expires', as: 'date' },
        { label: 'label.decidedBy', path: 'decidedBy' },
        { label: 'label.decided', path: 'decided', as: 'date' },
        { label: 'label.decisionReason', path: 'decisionReason' },
        { label: 'label.answer', path: answerOf },
      ],
      more: {
        types: ['proposal'],
        read: async (client, owner, signal) => ({ ...owner, object: (await present(client, owner, signal))?.name }),
      },
    },
    {
      key: 'change',
      label: 'tab.change',
      parts: [
        {
          types: ['proposal'],
          list: async (client, owner, signal) =>
            proposedValues(valueAt(owner, 'body'), valueAt(owner, 'http') === 'PUT' ? await present(client, owner, signal) : undefined),
          columns: [
            { label: 'label.attribute', path: 'id' },
            { label: 'label.presentValue', path: 'present' },
            { label: 'label.proposedValue', path: 'proposed' },
          ],
          empty: 'proposal.change.empty',
        },
      ],
    },
  ],
  actions: [
    action('approve', {
      form: deciding('proposal.approve.title', 'proposal.approve.hint'),
      run: (client, target, body) => client.virgate.proposals.proposal(target.id).approve(body),
    }),
    action('reject', {
      danger: true,
      form: deciding('proposal.reject.title', 'proposal.reject.hint'),
      run: (client, target, body) => client.virgate.proposals.proposal(target.id).reject(body),
    }),
  ],
};

/** What came of a request: its status, and what was said when it was refused. */
function answerOf(proposal: Entity): string | undefined {
  const { status, answer } = proposal as Partial<Proposal>;
  if (status === undefined || status === null) return undefined;
  const words = ['fault.detail', 'detail', 'message'].map((place) => stringAt(answer as Entity, place)).find((one) => one !== undefined);
  return words === undefined ? String(status) : `${status}: ${words}`;
}
