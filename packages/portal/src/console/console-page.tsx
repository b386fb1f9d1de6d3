import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
} from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { DesktopIcon } from '@patternfly/react-icons/dist/esm/icons/desktop-icon.js';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Status } from '../app/status.tsx';
import { ProblemPage } from '../faults/problem.tsx';
import { tellFailure } from '../faults/notices.tsx';
import { useEntity, vms } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { typeText } from './keyboard.ts';
import { useScreen } from './screen.ts';
import './console.css';

/** The screen of a guest, by noVNC through the engine's own address. */
export function ConsolePage(): ReactNode {
  const text = useText();
  const { vmId = '' } = useParams({ strict: false });
  const { data: vm } = useEntity(vms, vmId);
  const name = vm?.name ?? '';
  const place = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  const { state, screen } = useScreen(vmId, place, attempt);
  useEffect(() => {
    document.title = `${name} · Virgate`;
  }, [name]);
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

  return (
    <div className="vg-console" ref={frame}>
      <header className="vg-console__bar">
        <Link to="/vms/$vmId" params={{ vmId }}>
          {text('vms.back')}
        </Link>
        <Title headingLevel="h1" size="lg">
          {text('console.title', { name })}
        </Title>
        <Status value={vm?.status} />
        <span className="vg-console__tools" role="toolbar" aria-label={text('console.title', { name })}>
          <Button variant="secondary" size="sm" isDisabled={!connected} onClick={() => screen?.sendCtrlAltDel()}>
            {text('console.cad')}
          </Button>
          <Button variant="secondary" size="sm" isDisabled={!connected} onClick={paste}>
            {text('console.paste')}
          </Button>
          <Button variant="secondary" size="sm" isDisabled={!connected} onClick={() => void frame.current?.requestFullscreen()}>
            {text('console.fullscreen')}
          </Button>
        </span>
      </header>
      <div className="vg-console__stage">
        <div
          ref={place}
          className="vg-console__screen"
          role="application"
          aria-label={text('console.screen', { name })}
          data-state={state.kind}
          hidden={!connected}
        />
        {state.kind === 'connecting' && (
          <p role="status" className="vg-console__note">
            {text('console.connecting', { name })}
          </p>
        )}
        {state.kind === 'failed' && <ProblemPage error={state.error} object={name} onRetry={() => setAttempt(attempt + 1)} />}
        {(state.kind === 'ended' || state.kind === 'refused') && (
          <EmptyState icon={DesktopIcon} titleText={text(`console.${state.kind}`)} headingLevel="h2">
            <EmptyStateBody>{text(`console.${state.kind}.body`)}</EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                <Button variant="primary" onClick={() => setAttempt(attempt + 1)}>
                  {text('console.connect')}
                </Button>
              </EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        )}
      </div>
    </div>
  );
}
