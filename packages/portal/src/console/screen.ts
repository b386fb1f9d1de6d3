import RFB from '@novnc/novnc';
import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import { client } from '../app/client.ts';
import type { ConsoleState } from './frame.tsx';

const connecting: ConsoleState = { kind: 'connecting' };

/** Address of a WebSocket of the engine that this page came from. */
export function socketAddress(path: string): string {
  const address = new URL(path, client.transport.origin);
  address.protocol = address.protocol === 'http:' ? 'ws:' : 'wss:';
  return address.href;
}

/**
 * Shows a VM's screen in `place` for as long as the component is there. A ticket serves one connection, so each `attempt` asks for a new one.
 */
export function useScreen(
  vmId: string,
  place: RefObject<HTMLElement | null>,
  attempt: number,
): { state: ConsoleState; screen: RFB | undefined } {
  const [told, setTold] = useState<{ attempt: number; state: ConsoleState }>({ attempt, state: connecting });
  const [screen, setScreen] = useState<RFB>();
  useEffect(() => {
    const stop = new AbortController();
    let rfb: RFB | undefined;
    const tell = (state: ConsoleState): void => {
      if (!stop.signal.aborted) setTold({ attempt, state });
    };
    client.virgate.vms
      .vm(vmId)
      .consoleTickets.add({ signal: stop.signal })
      .then(
        (ticket) => {
          if (stop.signal.aborted || place.current === null) return;
          rfb = connect(place.current, socketAddress(ticket.path), ticket.password, tell);
          setScreen(rfb);
        },
        (error: unknown) => tell({ kind: 'failed', error }),
      );
    return () => {
      stop.abort();
      rfb?.disconnect();
      setScreen(undefined);
    };
  }, [vmId, place, attempt]);
  return { state: told.attempt === attempt ? told.state : connecting, screen };
}

function connect(place: HTMLElement, address: string, password: string, onState: (state: ConsoleState) => void): RFB {
  const rfb = new RFB(place, address, { shared: true, credentials: { password } });
  rfb.scaleViewport = true;
  rfb.background = 'transparent';
  let refused = false;
  rfb.addEventListener('connect', () => {
    onState({ kind: 'connected' });
    rfb.focus();
  });
  rfb.addEventListener('securityfailure', () => {
    refused = true;
  });
  rfb.addEventListener('credentialsrequired', () => {
    // The ticket's password was given already: the screen wants something else.
    refused = true;
    rfb.disconnect();
  });
  rfb.addEventListener('disconnect', () => onState({ kind: refused ? 'refused' : 'ended' }));
  return rfb;
}
