import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { bytes, percent } from '../format/format.ts';
import { useText } from '../text/text.ts';
import type { TextKey } from '../text/en.ts';
import { cancelTransfer, dismissTransfer, pauseTransfer, recallUploads, resumeTransfer, useTransfers } from './transfers.ts';
import type { Transfer } from './transfers.ts';
import './uploads.css';

const ended = new Set<Transfer['state']>(['done', 'cancelled']);
/** States in which leaving the page would stop bytes on their way. */
const busy = new Set<Transfer['state']>(['moving', 'pausing', 'ending']);

/** Images on their way, over whichever page is shown. */
export function TransfersPanel(): ReactNode {
  const text = useText();
  const transfers = useTransfers();
  useEffect(() => {
    void recallUploads();
  }, []);
  const moving = transfers.some((one) => busy.has(one.state));
  useEffect(() => {
    if (!moving) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [moving]);
  if (transfers.length === 0) return null;
  return (
    <section className="vg-transfers" aria-label={text('transfers.title')}>
      <h2 className="vg-card__title">{text('transfers.title')}</h2>
      <ul>
        {transfers.map((one) => (
          <TransferRow key={one.id} transfer={one} />
        ))}
      </ul>
    </section>
  );
}

function TransferRow({ transfer }: { transfer: Transfer }): ReactNode {
  const text = useText();
  const { id, name, direction, sizeBytes, doneBytes, state } = transfer;
  const fileId = `file-of-${id}`;
  const share = sizeBytes === 0 ? 100 : (doneBytes / sizeBytes) * 100;
  const told = (run: Promise<void>): void => void run.catch((error: unknown) => tellFailure(error, name));
  const button = (label: TextKey, run: () => void): ReactNode => (
    <Button variant="link" isInline size="sm" aria-label={`${text(label)}: ${name}`} onClick={run}>
      {text(label)}
    </Button>
  );
  const halted = state === 'paused' || state === 'failed';
  return (
    <li className="vg-transfers__row">
      <span className="vg-transfers__name">
        {text(direction === 'upload' ? 'transfers.up' : 'transfers.down', { name })}{' '}
        <span className="vg-quiet">{text(`transfers.state.${state}`)}</span>
      </span>
      <progress aria-label={text('transfers.progress', { name })} value={doneBytes} max={Math.max(1, sizeBytes)} />
      <span className="vg-quiet">{text('transfers.of', { done: bytes(doneBytes), size: bytes(sizeBytes), percent: percent(share) })}</span>
      <span className="vg-transfers__tools">
        {state === 'moving' && button('transfers.pause', () => told(pauseTransfer(id)))}
        {halted && button('transfers.resume', () => told(resumeTransfer(id, text('transfers.otherFile'))))}
        {state === 'fileless' && button('transfers.choose', () => document.getElementById(fileId)?.click())}
        {!ended.has(state) && state !== 'ending' && button('transfers.cancel', () => told(cancelTransfer(id)))}
        {ended.has(state) && button('transfers.dismiss', () => dismissTransfer(id))}
      </span>
      <input
        id={fileId}
        type="file"
        hidden
        aria-label={text('transfers.choose')}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen !== undefined) told(resumeTransfer(id, text('transfers.otherFile'), chosen));
        }}
      />
      {transfer.error !== undefined && <ProblemAlert error={transfer.error} object={name} />}
    </li>
  );
}
