import { ExclamationTriangleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon.js';
import { NetworkIcon } from '@patternfly/react-icons/dist/esm/icons/network-icon.js';
import { TagIcon } from '@patternfly/react-icons/dist/esm/icons/tag-icon.js';
import { useState } from 'react';
import type { DragEvent, ReactNode } from 'react';
import { Wide } from '../app/wide.tsx';
import { RowActions } from '../grid/row-actions.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { bondModeOf } from './bond-modes.ts';
import { broughtBy, devicesOf, drop, networksOn, Refusal } from './draft.ts';
import type { Attached, Device, Draft, Dragged, HostNetworks, LogicalNetwork, Target } from './draft.ts';

export interface BoardProps {
  all: HostNetworks;
  draft: Draft;
  showFunctions: boolean;
  /** What was taken up, to be put somewhere. */
  held: Dragged | undefined;
  onHold: (held: Dragged | undefined) => void;
  onDrop: (dragged: Dragged, target: Target) => void;
  onSettings: (network: LogicalNetwork) => void;
  onBond: (name: string) => void;
  onBreak: (name: string) => void;
  onLabel: (device: string) => void;
  onFunctions: (device: Device) => void;
  onSync: (network: LogicalNetwork) => void;
  onRemoveUnmanaged: (network: { id: string; name: string }) => void;
}

/** Devices of a host with the networks on them, and beside them what is on none. */
export function Board(props: BoardProps): ReactNode {
  const text = useText();
  const { all, draft } = props;
  const shown = devicesOf(all, draft).filter((name) => props.showFunctions || deviceOf(all, name)?.functionOf === undefined);
  const free = all.networks.filter((network) => !draft.places.has(network.id));
  const labels = [...new Set(all.networks.flatMap((network) => network.label ?? []))].filter((label) => !draft.labels.has(label));
  const groups = [
    ['hostNetworks.required', free.filter((network) => !network.external && network.required)],
    ['hostNetworks.optional', free.filter((network) => !network.external && !network.required)],
    ['hostNetworks.external', free.filter((network) => network.external)],
  ] as const;
  return (
    <div className="vg-hn">
      <section className="vg-hn__devices" aria-label={text('hostNetworks.devices')}>
        {shown.map((name) => (
          <DeviceRow key={name} {...props} name={name} />
        ))}
      </section>
      <Zone {...props} target="nowhere" className="vg-hn__free" label={text('hostNetworks.unassigned')}>
        <h2 className="vg-hn__heading">{text('hostNetworks.unassigned')}</h2>
        {groups.map(([title, networks]) => (
          <div key={title} className="vg-hn__group">
            <h3 className="vg-hn__subheading">{text(title)}</h3>
            {networks.length === 0 ? (
              <span className="vg-quiet">{text('hostNetworks.none')}</span>
            ) : (
              networks.map((network) => <NetworkChip key={network.id} {...props} network={network} />)
            )}
          </div>
        ))}
        {labels.length > 0 && (
          <div className="vg-hn__group">
            <h3 className="vg-hn__subheading">{text('hostNetworks.labels')}</h3>
            {labels.map((label) => (
              <LabelChip key={label} {...props} label={label} />
            ))}
          </div>
        )}
      </Zone>
    </div>
  );
}

export const deviceOf = (all: HostNetworks, name: string): Device | undefined => all.devices.find((device) => device.name === name);

/** A place that something can be put into: by dragging it there, or by its button while something is held. */
function Zone(props: BoardProps & { target: Target; className: string; label: string; children: ReactNode }): ReactNode {
  const { all, draft, held, target } = props;
  const text = useText();
  const [over, setOver] = useState(false);
  const result = held === undefined ? undefined : drop(all, draft, held, target);
  const refusal = result instanceof Refusal ? text(result.key, result.values) : undefined;
  const same = result === draft;
  const put = (): void => {
    if (held !== undefined && !same) props.onDrop(held, target);
  };
  return (
    <div
      role="group"
      aria-label={props.label}
      className={`${props.className} vg-hn-zone${over && held !== undefined ? (refusal === undefined ? ' vg-hn-zone--over' : ' vg-hn-zone--refuses') : ''}`}
      onDragOver={(event: DragEvent) => {
        if (held === undefined) return;
        event.stopPropagation();
        setOver(true);
        // Without this the browser allows no drop; what is refused may be dropped too, to be told why.
        event.preventDefault();
        event.dataTransfer.dropEffect = refusal === undefined ? 'move' : 'none';
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        put();
      }}
    >
      {props.children}
      {held !== undefined && held.dragging !== true && !same && (
        <button type="button" className="vg-hn-put" aria-disabled={refusal !== undefined} title={refusal} onClick={put}>
          {text(target === 'nowhere' ? 'hostNetworks.putNowhere' : 'hostNetworks.put', {
            what: nameOfHeld(all, held),
            where: target === 'nowhere' ? '' : target.device,
          })}
          {refusal !== undefined && <span className="vg-hn-put__why">{refusal}</span>}
        </button>
      )}
    </div>
  );
}

export function nameOfHeld(all: HostNetworks, held: Dragged): string {
  return held.kind === 'network' ? (all.networks.find((network) => network.id === held.id)?.name ?? held.id) : held.id;
}

/** Something that can be taken up: dragged, or held by a click or a key until it is put somewhere. */
interface HeldProps extends BoardProps {
  dragged: Dragged;
  /** What it is, with its name; read aloud before the words that are seen beside the name. */
  label: string;
  words?: string | undefined;
  className?: string;
  children: ReactNode;
}

function Held(props: HeldProps): ReactNode {
  const { dragged, held, onHold, words: seen = '' } = props;
  const isHeld = held?.kind === dragged.kind && held.id === dragged.id;
  return (
    <button
      type="button"
      draggable
      aria-pressed={isHeld}
      aria-label={seen === '' ? props.label : `${props.label} ${seen}`}
      className={`vg-hn-held${isHeld ? ' vg-hn-held--held' : ''} ${props.className ?? ''}`}
      onClick={() => onHold(isHeld ? undefined : dragged)}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', dragged.id);
        // The page may change only after the browser has taken its picture of what is dragged.
        setTimeout(() => onHold({ ...dragged, dragging: true }), 0);
      }}
      onDragEnd={() => onHold(undefined)}
    >
      {props.children}
    </button>
  );
}

function DeviceRow(props: BoardProps & { name: string }): ReactNode {
  const { all, draft, name } = props;
  const text = useText();
  const [open, setOpen] = useState(false);
  const bond = draft.bonds.get(name);
  const device = deviceOf(all, name);
  const labels = [...draft.labels].filter(([, on]) => on === name).map(([label]) => label);
  const networks = networksOn(all, draft, name);
  const unmanaged = all.unmanaged.filter((one) => one.device === name);
  const actions: RowAction[] = [
    ...(bond === undefined
      ? []
      : [
          { key: 'bond', label: text('hostNetworks.bond.change'), run: () => props.onBond(name) },
          { key: 'break', label: text('hostNetworks.bond.break'), run: () => props.onBreak(name), danger: true },
        ]),
    { key: 'label', label: text('hostNetworks.label.add'), run: () => props.onLabel(name) },
    ...(device?.functions === undefined
      ? []
      : [{ key: 'functions', label: text('hostNetworks.functions'), run: () => props.onFunctions(device) }]),
  ];
  return (
    <Zone {...props} target={{ device: name }} className="vg-hn-row" label={text('hostNetworks.device', { name })}>
      <div className={`vg-hn-device${bond === undefined ? '' : ' vg-hn-device--bond'}`}>
        <div className="vg-hn-device__head">
          {bond === undefined ? (
            <Held {...props} dragged={{ kind: 'nic', id: name }} label={text('hostNetworks.nic', { name })} words={stateOf(device, text)}>
              <Link device={device} name={name} />
            </Held>
          ) : (
            <span className="vg-hn-device__name">
              <Link device={device} name={name} />
              <span className="vg-quiet">{text('hostNetworks.bond.mode', { mode: bondModeOf(bond.options) })}</span>
            </span>
          )}
          <RowActions reachable name={name} actions={actions} open={open} onOpen={() => setOpen(true)} onClose={() => setOpen(false)} />
        </div>
        {bond?.members.map((member) => {
          const own = deviceOf(all, member);
          const dragged: Dragged = { kind: 'nic', id: member };
          return (
            <Held {...props} key={member} dragged={dragged} label={text('hostNetworks.nic', { name: member })} words={stateOf(own, text)}>
              <Link device={own} name={member} />
            </Held>
          );
        })}
        {device !== undefined && <span className="vg-quiet vg-hn-device__facts">{factsOf(device, text)}</span>}
        {labels.map((label) => (
          <LabelChip key={label} {...props} label={label} />
        ))}
      </div>
      <div className="vg-hn-row__networks">
        {networks.length + unmanaged.length === 0 && <span className="vg-quiet">{text('hostNetworks.empty')}</span>}
        {networks.map((network) => (
          <NetworkChip key={network.id} {...props} network={network} />
        ))}
        {unmanaged.map((network) => (
          <UnmanagedChip key={network.id} network={network} onRemove={() => props.onRemoveUnmanaged(network)} />
        ))}
      </div>
    </Zone>
  );
}

function Link({ device, name }: { device: Device | undefined; name: string }): ReactNode {
  const text = useText();
  const state = device?.up === undefined ? undefined : device.up ? 'up' : 'down';
  const told = stateOf(device, text);
  return (
    <span className="vg-hn-link">
      <span className={`vg-hn-link__dot${state === undefined ? '' : ` vg-hn-link__dot--${state}`}`} aria-hidden />
      <span className="vg-hn-link__name">{name}</span> {told !== undefined && <span className="vg-quiet">{told}</span>}
    </span>
  );
}

const stateOf = (device: Device | undefined, text: Text): string | undefined =>
  device?.up === false ? text('hostNetworks.down') : undefined;

function factsOf(device: Device, text: Text): string {
  return [
    device.mac,
    device.speedMbps === undefined ? undefined : text('hostNetworks.speed', { speed: device.speedMbps }),
    device.functions === undefined ? undefined : text('hostNetworks.functions.count', { ...count(device.functions) }),
    device.functionOf === undefined ? undefined : text('hostNetworks.functions.of', { name: device.functionOf }),
  ]
    .filter((fact) => fact !== undefined)
    .join(' · ');
}

const count = ({ made, most }: { made: number; most: number }): Record<string, number> => ({ made, most });

function LabelChip(props: BoardProps & { label: string }): ReactNode {
  const { label, draft } = props;
  const text = useText();
  const networks = props.all.networks.filter((network) => network.label === label).map((network) => network.name);
  const told = draft.labels.has(label) ? undefined : networks.join(', ');
  return (
    <span className="vg-hn-chip vg-hn-chip--label">
      <Held {...props} dragged={{ kind: 'label', id: label }} label={text('hostNetworks.label', { label })} words={told}>
        <TagIcon aria-hidden /> {label} {told !== undefined && <span className="vg-quiet">{told}</span>}
      </Held>
      {draft.labels.has(label) && (
        <button
          type="button"
          className="vg-hn-chip__off"
          aria-label={text('hostNetworks.label.remove', { label })}
          onClick={() => props.onDrop({ kind: 'label', id: label }, 'nowhere')}
        >
          ×
        </button>
      )}
    </span>
  );
}

const toldUsages = new Set(['management', 'display', 'migration', 'default_route', 'gluster']);

function NetworkChip(props: BoardProps & { network: LogicalNetwork }): ReactNode {
  const { all, draft, network } = props;
  const text = useText();
  const [open, setOpen] = useState(false);
  const [differs, setDiffers] = useState(false);
  const attached = all.attached.get(network.id);
  const place = draft.places.get(network.id);
  const label = place === undefined ? undefined : broughtBy(all, draft, network.id);
  const move = (target: Target, key: string, title: string): RowAction => {
    const result = drop(all, draft, { kind: 'network', id: network.id }, target);
    const reason = result instanceof Refusal ? text(result.key, result.values) : undefined;
    return { key, label: title, reason, run: () => props.onDrop({ kind: 'network', id: network.id }, target) };
  };
  const actions: RowAction[] = [
    ...(place === undefined ? [] : [{ key: 'edit', label: text('hostNetworks.settings'), run: () => props.onSettings(network) }]),
    ...(place === undefined || attached === undefined
      ? []
      : [
          {
            key: 'sync',
            label: text(draft.sync.has(network.id) ? 'hostNetworks.unsync' : 'hostNetworks.sync'),
            run: () => props.onSync(network),
            reason: attached.inSync ? text('hostNetworks.inSync') : undefined,
          },
        ]),
    ...devicesOf(all, draft)
      .filter((name) => name !== place?.device)
      .map((name) => move({ device: name }, `to ${name}`, text('hostNetworks.moveTo', { name }))),
    ...(place === undefined ? [] : [move('nowhere', 'off', text('hostNetworks.detach'))]),
  ];
  const before = all.now.places.get(network.id);
  const changed = JSON.stringify(before) !== JSON.stringify(place);
  const told = chipWords(network, label, text);
  const sync = text(draft.sync.has(network.id) ? 'hostNetworks.willSync' : 'hostNetworks.differs');
  return (
    <div className={`vg-hn-chip${changed ? ' vg-hn-chip--changed' : ''}`}>
      <div className="vg-hn-chip__line">
        <Held
          {...props}
          dragged={{ kind: 'network', id: network.id }}
          label={text('hostNetworks.network', { name: network.name })}
          words={told}
        >
          <NetworkIcon aria-hidden />
          <span className="vg-hn-chip__name">{network.name}</span> <span className="vg-quiet">{told}</span>
        </Held>
        {changed && <span className="vg-hn-badge">{text(before === undefined ? 'hostNetworks.new' : 'hostNetworks.changed')}</span>}
        {place !== undefined && attached?.inSync === false && (
          <button
            type="button"
            className="vg-hn-badge vg-hn-badge--warning"
            aria-expanded={differs}
            aria-label={`${text('hostNetworks.outOfSync', { name: network.name })} ${sync}`}
            onClick={() => setDiffers(!differs)}
          >
            <ExclamationTriangleIcon aria-hidden /> {sync}
          </button>
        )}
        <RowActions
          reachable
          name={network.name}
          actions={actions}
          open={open}
          onOpen={() => setOpen(true)}
          onClose={() => setOpen(false)}
        />
      </div>
      {differs && attached !== undefined && <Differences network={network} attached={attached} />}
    </div>
  );
}

function chipWords(network: LogicalNetwork, label: string | undefined, text: Text): string {
  return [
    network.vlan === undefined ? undefined : text('hostNetworks.vlan', { vlan: network.vlan }),
    network.vm ? undefined : text('hostNetworks.notVm'),
    ...network.usages.filter((usage) => toldUsages.has(usage)).map(words),
    label === undefined ? undefined : text('hostNetworks.byLabel', { label }),
    network.operational ? undefined : text('hostNetworks.notOperational'),
  ]
    .filter((one) => one !== undefined)
    .join(' · ');
}

/** What the host has otherwise than it is wanted. */
function Differences({ network, attached }: { network: LogicalNetwork; attached: Attached }): ReactNode {
  const text = useText();
  return (
    <Wide label={text('hostNetworks.differences', { name: network.name })}>
      <table aria-label={text('hostNetworks.differences', { name: network.name })}>
        <thead>
          <tr>
            <th scope="col">{text('hostNetworks.property')}</th>
            <th scope="col">{text('hostNetworks.wanted')}</th>
            <th scope="col">{text('hostNetworks.actual')}</th>
          </tr>
        </thead>
        <tbody>
          {attached.differences.map((row) => (
            <tr key={row.name}>
              <td>{words(row.name)}</td>
              <td>{row.expected_value ?? '—'}</td>
              <td>{row.actual_value ?? '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function UnmanagedChip({ network, onRemove }: { network: { name: string }; onRemove: () => void }): ReactNode {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <div className="vg-hn-chip vg-hn-chip--unmanaged">
      <div className="vg-hn-chip__line">
        <span className="vg-hn-chip__name">{network.name}</span>
        <span className="vg-quiet">{text('hostNetworks.unmanaged')}</span>
        <RowActions
          reachable
          name={network.name}
          actions={[{ key: 'remove', label: text('hostNetworks.unmanaged.remove'), run: onRemove, danger: true }]}
          open={open}
          onOpen={() => setOpen(true)}
          onClose={() => setOpen(false)}
        />
      </div>
    </div>
  );
}
