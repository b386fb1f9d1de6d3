import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import type { ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { useText } from '../text/text.ts';
import { ConsoleFrame, useConsolePlace } from './frame.tsx';
import { typeText } from './keyboard.ts';
import { useScreen } from './screen.ts';

/** The screen of a guest, by noVNC through the engine's own address. */
export function ConsolePage(): ReactNode {
  const text = useText();
  const at = useConsolePlace();
  const { name } = at;
  const { state, screen } = useScreen(at.vmId, at.place, at.attempt);
  const connected = state.kind === 'connected';

  const paste = (): void => {
    void navigator.clipboard.readText().then(
      (clip) => {
        if (screen !== undefined) typeText(screen, clip);
        screen?.focus();
      },
      () => tellFailure(new Error(text('console.paste.failed')), name),
    );
  };

  const tools = (
    <>
      <Button variant="secondary" size="sm" isDisabled={!connected} onClick={() => screen?.sendCtrlAltDel()}>
        {text('console.cad')}
      </Button>
      <Button variant="secondary" size="sm" isDisabled={!connected} onClick={paste}>
        {text('console.paste')}
      </Button>
      <Button variant="secondary" size="sm" isDisabled={!connected} onClick={() => void at.frame.current?.requestFullscreen()}>
        {text('console.fullscreen')}
      </Button>
    </>
  );
  return (
    <ConsoleFrame at={at} state={state} title={text('console.title', { name })} label={text('console.screen', { name })} tools={tools} />
  );
}
