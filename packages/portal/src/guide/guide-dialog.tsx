import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { CheckCircleIcon } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon.js';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import type { OwnDialogProps } from '../kinds/kind.ts';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { guideTypes, stepsOf } from './steps.ts';
import type { GuideOf, Step } from './steps.ts';
import './guide.css';

/** What is still to be done until a machine runs, with a way to each; what is done is ticked off as it happens. */
function Guide({ of, target, name, onClose }: OwnDialogProps & { of: GuideOf }): ReactNode {
  const text = useText();
  const query = useParts({ type: of, id: target.id }, guideTypes, 'guide', (signal) => stepsOf(client, of, target.id, signal));
  const next = query.data?.find((step) => !step.done);
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="guide-title">
      <ModalHeader title={text('guide.title', { name })} labelId="guide-title" description={text('guide.body')} />
      <ModalBody>
        {query.error !== null && query.data === undefined && <ProblemAlert error={query.error} />}
        {query.data === undefined && query.error === null && <Loading />}
        <ol className="vg-guide">
          {query.data?.map((step) => (
            <StepRow key={step.label} step={step} next={step === next} />
          ))}
        </ol>
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={onClose}>
          {text('guide.later')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function StepRow({ step, next }: { step: Step; next: boolean }): ReactNode {
  const text = useText();
  return (
    <li className={`vg-guide__step${next ? ' vg-guide__step--next' : ''}`} aria-current={next ? 'step' : undefined}>
      <span className="vg-guide__mark">{step.done && <CheckCircleIcon className="vg-status__icon--good" aria-hidden />}</span>
      <span>
        <Link to={step.to} search={step.search}>
          {text(step.label)}
        </Link>{' '}
        <span className="vg-quiet">{text(step.done ? 'guide.done' : step.optional === true ? 'guide.optional' : 'guide.todo')}</span>
        <span className="vg-guide__hint">{text(step.hint)}</span>
      </span>
    </li>
  );
}

export const DataCenterGuide = (props: OwnDialogProps): ReactNode => <Guide {...props} of="data_center" />;
export const ClusterGuide = (props: OwnDialogProps): ReactNode => <Guide {...props} of="cluster" />;
export const VmGuide = (props: OwnDialogProps): ReactNode => <Guide {...props} of="vm" />;
