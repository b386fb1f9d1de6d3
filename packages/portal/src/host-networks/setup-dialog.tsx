import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import type { Host } from '@virgate/contract/generated/types';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { RefusedHere } from '../faults/advice.ts';
import { tellFailure } from '../faults/notices.tsx';
import { ProblemAlert, ProblemPage } from '../faults/problem.tsx';
import { FormDialog } from '../kinds/form-dialog.tsx';
import type { ActionDescription, Entity, OwnDialogProps } from '../kinds/kind.ts';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { Board, deviceOf, nameOfHeld } from './board.tsx';
import { optionsOf, usualMode } from './bond-modes.ts';
import { addLabel, breakBond, changeBond, drop, freeBondName, leaveBond, makeBond, Refusal, setSettings, setSync } from './draft.ts';
import type { Draft, Dragged, HostNetworks, Target } from './draft.ts';
import { bondFormOf, labelForm, settingsForm, settingsFrom, settingsValues } from './forms.ts';
import { readHostNetworks } from './read.ts';
import { requestOf } from './request.ts';
import { changingFunctions, readFunctions } from './virtual-functions.ts';
import './host-networks.css';

/** What the engine waits for a host that no longer answers, unless another time is said. Source: engine configuration, connectivity check. */
const usualTimeoutSeconds = 120;
const mostTimeoutSeconds = 600;

/** A form that stands in the board's place. */
interface Inner {
  action: ActionDescription;
  entity?: Entity;
  id?: string;
  name: string;
}

/** Devices, bonds and networks of one host, changed as a whole: nothing is sent before it is applied. */
export default function SetupHostNetworks({ target, name, onDone, onClose }: OwnDialogProps): ReactNode {
  const host = (target.owner ?? target.entity) as Host & { id: string };
  const query = useParts({ type: 'host', id: host.id }, ['network', 'host'], 'host-networks', (signal) =>
    readHostNetworks(client, host, signal),
  );
  if (query.data !== undefined) return <Setup host={host} name={name} latest={query.data} onDone={onDone} onClose={onClose} />;
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-label={name}>
      <ModalBody>{query.error === null ? <Loading /> : <ProblemPage error={query.error} onRetry={() => void query.refetch()} />}</ModalBody>
    </Modal>
  );
}

const spelled = (all: HostNetworks): string =>
  JSON.stringify(all, (_, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value));

function Setup(props: {
  host: Host & { id: string };
  name: string;
  latest: HostNetworks;
  onDone: OwnDialogProps['onDone'];
  onClose: () => void;
}): ReactNode {
  const { host, name, latest, onClose } = props;
  const text = useText();
  const [all, setAll] = useState(latest);
  const [draft, setDraft] = useState(latest.now);
  const [held, setHeld] = useState<Dragged>();
  const [said, setSaid] = useState<{ refused: boolean; text: string }>();
  const [inner, setInner] = useState<Inner>();
  const [pane, setPane] = useState('');
  const [showFunctions, setShowFunctions] = useState(false);
  const [checkConnectivity, setCheckConnectivity] = useState(true);
  const [timeout, setTimeoutText] = useState(String(usualTimeoutSeconds));
  const [commit, setCommit] = useState(true);
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const timeoutSeconds = Number(timeout);
  const timeoutWrong =
    checkConnectivity && !(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= mostTimeoutSeconds);
  const request = requestOf(all, draft, { checkConnectivity, timeoutSeconds, commit });
  const startOver = (): void => {
    setAll(latest);
    setDraft(latest.now);
    setHeld(undefined);
    setSaid(undefined);
    setFailure(undefined);
  };
  const moved = all !== latest && spelled(all) !== spelled(latest);
  // Nothing was changed here: what the host has by now is simply shown.
  if (moved && request === undefined && !busy) startOver();

  const take = (result: Draft | Refusal, done: string): boolean => {
    if (result instanceof Refusal) setSaid({ refused: true, text: text(result.key, result.values) });
    else {
      setDraft(result);
      setSaid({ refused: false, text: done });
    }
    return !(result instanceof Refusal);
  };
  const onDrop = (dragged: Dragged, to: Target): void => {
    setHeld(undefined);
    const result = drop(all, draft, dragged, to);
    const what = nameOfHeld(all, dragged);
    if ('bond' in result) return askBond(result.bond);
    take(result, to === 'nowhere' ? text('hostNetworks.said.off', { what }) : text('hostNetworks.said.on', { what, where: to.device }));
  };
  /** A form whose outcome goes into the draft; what is refused is told in it. */
  const ask = (
    form: ActionDescription['form'],
    label: ActionDescription['label'],
    of: Partial<Inner>,
    put: (body: object) => Draft | Refusal,
  ): void =>
    setInner({
      name,
      ...of,
      action: {
        key: 'put',
        label,
        ...(form === undefined ? {} : { form }),
        run: async (_client, _target, body) => {
          const result = put(body);
          if (result instanceof Refusal) throw new RefusedHere(text(result.key, result.values));
          setDraft(result);
          setSaid(undefined);
        },
      },
    });
  const bondBody = (body: object): { name: string; options: { name?: string; value?: string }[] } => {
    const { name: own = '', mode = usualMode, options = '' } = body as { name?: string; mode?: string; options?: string };
    return { name: own, options: optionsOf(mode, options) ?? [] };
  };
  const askBond = (members: readonly string[]): void => {
    const form = bondFormOf(true, freeBondName(draft, all), {
      members,
      options: [
        { name: 'mode', value: usualMode },
        { name: 'miimon', value: '100' },
      ],
    });
    ask(form, 'hostNetworks.bond.make', { name: members.join(', ') }, (body) => {
      const bond = bondBody(body);
      let without: Draft | Refusal = draft;
      // A NIC that is drawn out of another bond leaves it first.
      for (const nic of members) {
        if (without instanceof Refusal) return without;
        const before = [...without.bonds].find(([, one]) => one.members.includes(nic));
        if (before !== undefined) without = leaveBond(all, without, nic);
      }
      return without instanceof Refusal ? without : makeBond(all, without, bond.name, { members, options: bond.options });
    });
  };

  async function apply(): Promise<void> {
    if (request === undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      props.onDone(await client.hosts.host(host.id).setupNetworks(request));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  // In the board's place, not over it: of two dialogs each hides the other from screen readers.
  if (inner?.action.form !== undefined) {
    return (
      <FormDialog
        action={inner.action}
        form={inner.action.form}
        target={{ id: inner.id ?? '', entity: inner.entity, ownerId: host.id, owner: host }}
        name={inner.name}
        pane={pane}
        onPane={setPane}
        onDone={() => setInner(undefined)}
        onClose={() => setInner(undefined)}
      />
    );
  }
  return (
    <Modal
      isOpen
      variant="large"
      className="vg-hn-modal"
      onClose={onClose}
      // A key that closes a menu or lets go of what is held must not lose what was changed.
      onEscapePress={() => {
        if (held !== undefined) setHeld(undefined);
        else if (request === undefined) onClose();
      }}
      aria-labelledby="host-networks-title"
    >
      <ModalHeader title={text('hostNetworks.title', { name })} labelId="host-networks-title" description={text('hostNetworks.hint')} />
      <ModalBody>
        {failure !== undefined && <ProblemAlert error={failure} object={name} />}
        {moved && request !== undefined && (
          <Alert
            isInline
            variant="warning"
            title={text('hostNetworks.moved')}
            actionLinks={
              <Button variant="link" isInline onClick={startOver}>
                {text('hostNetworks.startOver')}
              </Button>
            }
          />
        )}
        <div role="status" className="vg-hn-said">
          {said !== undefined && <Alert isInline isPlain variant={said.refused ? 'warning' : 'info'} title={said.text} />}
          {held !== undefined && held.dragging !== true && text('hostNetworks.held', { what: nameOfHeld(all, held) })}
        </div>
        {all.devices.some((device) => device.functionOf !== undefined) && (
          <Switch
            id="host-networks-functions"
            label={text('hostNetworks.showFunctions')}
            isChecked={showFunctions}
            onChange={(_, value) => setShowFunctions(value)}
          />
        )}
        <Board
          all={all}
          draft={draft}
          showFunctions={showFunctions}
          held={held}
          onHold={setHeld}
          onDrop={onDrop}
          onSettings={(network) => {
            const place = draft.places.get(network.id);
            if (place === undefined) return;
            const values = settingsValues(place.settings, draft.sync.has(network.id));
            ask(
              settingsForm(all.attached.get(network.id)?.inSync === false),
              'form.save',
              { entity: values, name: network.name },
              (body) => {
                const { settings, sync } = settingsFrom(values, body);
                return setSync(setSettings(draft, network.id, settings), network.id, sync);
              },
            );
          }}
          onBond={(bond) => {
            const known = draft.bonds.get(bond);
            if (known === undefined) return;
            ask(bondFormOf(false, bond, known), 'form.save', { name: bond }, (body) =>
              changeBond(all, draft, bond, bondBody(body).options),
            );
          }}
          onBreak={(bond) => take(breakBond(all, draft, bond), text('hostNetworks.said.broken', { bond }))}
          onLabel={(device) =>
            ask(labelForm, 'hostNetworks.label.add', { name: device }, (body) =>
              addLabel(all, draft, device, (body as { label?: string }).label ?? ''),
            )
          }
          onFunctions={(device) => {
            readFunctions(client, host.id, device.id, AbortSignal.timeout(30_000)).then(
              (entity) =>
                setInner({
                  name: device.name,
                  id: device.id,
                  entity,
                  action: changingFunctions(host.id, host.cluster?.id ?? '', deviceOf(all, device.name)?.functions?.most ?? 0),
                }),
              (error: unknown) => tellFailure(error, device.name),
            );
          }}
          onSync={(network) => setDraft(setSync(draft, network.id, !draft.sync.has(network.id)))}
          onRemoveUnmanaged={(network) =>
            setInner({
              name: network.name,
              action: {
                key: 'unmanaged',
                label: 'hostNetworks.unmanaged.remove',
                danger: true,
                form: { title: 'hostNetworks.unmanaged.title', tabs: [{ label: 'form.tab.general', fields: [] }] },
                run: (api) => api.hosts.host(host.id).unmanagedNetworks.unmanagedNetwork(network.id).remove(),
              },
            })
          }
        />
      </ModalBody>
      <ModalFooter className="vg-hn-footer">
        <Checkbox
          id="host-networks-check"
          label={text('hostNetworks.check')}
          isChecked={checkConnectivity}
          onChange={(_, value) => setCheckConnectivity(value)}
        />
        <label className="vg-hn-timeout">
          {text('hostNetworks.timeout')}
          <TextInput
            type="number"
            aria-label={text('hostNetworks.timeout')}
            isDisabled={!checkConnectivity}
            validated={timeoutWrong ? 'error' : 'default'}
            value={timeout}
            onChange={(_, value) => setTimeoutText(value)}
          />
        </label>
        {timeoutWrong && <span className="vg-form-tabs__wrong">{text('form.number.between', { min: 1, max: mostTimeoutSeconds })}</span>}
        <Checkbox
          id="host-networks-commit"
          label={text('hostNetworks.commit')}
          isChecked={commit}
          onChange={(_, value) => setCommit(value)}
        />
        <span className="vg-hn-footer__end">
          <Button variant="link" isDisabled={request === undefined || busy} onClick={startOver}>
            {text('hostNetworks.undo')}
          </Button>
          <Button
            variant="primary"
            isLoading={busy}
            isDisabled={busy || request === undefined || timeoutWrong}
            onClick={() => void apply()}
          >
            {text('hostNetworks.apply')}
          </Button>
          <Button variant="secondary" onClick={onClose}>
            {text('cancel')}
          </Button>
        </span>
      </ModalFooter>
    </Modal>
  );
}
