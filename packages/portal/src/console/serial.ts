import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useState } from 'react';
import type { RefObject } from 'react';
import { client } from '../app/client.ts';
import type { ConsoleState } from './frame.tsx';
import { socketAddress } from './screen.ts';

const connecting: ConsoleState = { kind: 'connecting' };
const scrollbackLines = 5000;

/** Shows a VM's serial port in `place` for as long as the component is there. A ticket serves one connection, so each `attempt` asks for a new one. */
export function useSerialPort(vmId: string, place: RefObject<HTMLElement | null>, attempt: number): ConsoleState {
  const [told, setTold] = useState<{ attempt: number; state: ConsoleState }>({ attempt, state: connecting });
  useEffect(() => {
    const stop = new AbortController();
    let leave: (() => void) | undefined;
    const tell = (state: ConsoleState): void => {
      if (!stop.signal.aborted) setTold({ attempt, state });
    };
    client.virgate.vms
      .vm(vmId)
      .serialConsoleTickets.add({ signal: stop.signal })
      .then(
        (ticket) => {
          if (stop.signal.aborted || place.current === null) return;
          leave = connect(place.current, socketAddress(ticket.path), tell);
        },
        (error: unknown) => tell({ kind: 'failed', error }),
      );
    return () => {
      stop.abort();
      leave?.();
    };
  }, [vmId, place, attempt]);
  return told.attempt === attempt ? told.state : connecting;
}

function connect(place: HTMLElement, address: string, onState: (state: ConsoleState) => void): () => void {
  const terminal = new Terminal({ scrollback: scrollbackLines, screenReaderMode: true, theme: { background: '#15191d' } });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const socket = new WebSocket(address, 'binary');
  socket.binaryType = 'arraybuffer';
  const encoder = new TextEncoder();
  terminal.onData((typed) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(typed));
  });
  const resized = new ResizeObserver(() => fit.fit());
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    onState({ kind: 'connected' });
    terminal.open(place);
    resized.observe(place);
    terminal.focus();
  });
  socket.addEventListener('message', ({ data }) => terminal.write(new Uint8Array(data as ArrayBuffer)));
  socket.addEventListener('close', () => onState({ kind: opened ? 'ended' : 'refused' }));
  return () => {
    resized.disconnect();
    socket.close();
    terminal.dispose();
  };
}
