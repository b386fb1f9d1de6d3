import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { ConsoleFrame, useConsolePlace } from './frame.tsx';
import { useSerialPort } from './serial.ts';

/** The serial port of a guest as a terminal, through the engine's own address. */
export function SerialConsolePage(): ReactNode {
  const text = useText();
  const at = useConsolePlace();
  const { name } = at;
  const state = useSerialPort(at.vmId, at.place, at.attempt);
  const tools = (
    <Button
      variant="secondary"
      size="sm"
      isDisabled={state.kind !== 'connected'}
      onClick={() => void at.frame.current?.requestFullscreen()}
    >
      {text('console.fullscreen')}
    </Button>
  );
  return (
    <ConsoleFrame at={at} state={state} title={text('serial.title', { name })} label={text('serial.terminal', { name })} tools={tools} />
  );
}
