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
import type { ReactNode, RefObject } from 'react';
import { Status } from '../app/status.tsx';
import { ProblemPage } from '../faults/problem.tsx';
import { useEntity, vms } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import './console.css';

/** How far a console is. */
export type ConsoleState =
  { kind: 'connecting' } | { kind: 'connected' } | { kind: 'ended' } | { kind: 'refused' } | { kind: 'failed'; error: unknown };

/** The VM of a console's page, and which attempt to reach it this is: a ticket serves one connection. */
export interface ConsolePlace {
  vmId: string;
  name: string;
  place: RefObject<HTMLDivElement | null>;
  frame: RefObject<HTMLDivElement | null>;
  attempt: number;
  connectAgain: () => void;
}

export function useConsolePlace(): ConsolePlace {
  const { vmId = '' } = useParams({ strict: false });
  const { data: vm } = useEntity(vms, vmId);
  const name = vm?.name ?? '';
  const place = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    document.title = `${name} · Virgate`;
  }, [name]);
  return { vmId, name, place, frame, attempt, connectAgain: () => setAttempt(attempt + 1) };
}

interface FrameProps {
  at: ConsolePlace;
  state: ConsoleState;
  title: string;
  /** What the place is to who can't see it. */
  label: string;
  tools: ReactNode;
}

/** What is around a console: its bar, and what is said while there is none. */
export function ConsoleFrame({ at, state, title, label, tools }: FrameProps): ReactNode {
  const text = useText();
  const { vmId, name, place, frame, connectAgain } = at;
  const { data: vm } = useEntity(vms, vmId);
  return (
    <div className="vg-console" ref={frame}>
      <header className="vg-console__bar">
        <Link to="/vms/$vmId" params={{ vmId }}>
          {text('vms.back')}
        </Link>
        <Title headingLevel="h1" size="lg">
          {title}
        </Title>
        <Status value={vm?.status} />
        <span className="vg-console__tools" role="toolbar" aria-label={title}>
          {tools}
        </span>
      </header>
      <div className="vg-console__stage">
        <div
          ref={place}
          className="vg-console__screen"
          role="application"
          aria-label={label}
          data-state={state.kind}
          hidden={state.kind !== 'connected'}
        />
        {state.kind === 'connecting' && (
          <p role="status" className="vg-console__note">
            {text('console.connecting', { name })}
          </p>
        )}
        {state.kind === 'failed' && <ProblemPage error={state.error} object={name} onRetry={connectAgain} />}
        {(state.kind === 'ended' || state.kind === 'refused') && (
          <EmptyState icon={DesktopIcon} titleText={text(`console.${state.kind}`)} headingLevel="h2">
            <EmptyStateBody>{text(`console.${state.kind}.body`)}</EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                <Button variant="primary" onClick={connectAgain}>
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
