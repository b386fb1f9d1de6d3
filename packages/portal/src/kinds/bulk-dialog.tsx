import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { Wide } from '../app/wide.tsx';
import { problemOf } from '../faults/advice.ts';
import { useText } from '../text/text.ts';
import { runBulk } from './bulk.ts';
import type { BulkResult } from './bulk.ts';
import { refreshAfter } from './collection.ts';
import { nameOf } from './details.tsx';
import { FormDialog } from './form-dialog.tsx';
import type { ActionDescription, Entity, Kind } from './kind.ts';

interface BulkDialogProps {
  kind: Kind;
  action: ActionDescription;
  /** What it is to be done with, as lists tell it. */
  entities: readonly Entity[];
  onClose: () => void;
}

/** One thing with several objects: asked about once, a request for each, and one summary of what came of it. */
export function BulkDialog({ kind, action, entities, onClose }: BulkDialogProps): ReactNode {
  const text = useText();
  // What was selected when it was asked for: the list goes on changing.
  const [chosen] = useState(entities);
  const [body, setBody] = useState<object | undefined>(action.form === undefined && action.confirm === undefined ? {} : undefined);
  const title = text('bulk.title', { action: text(action.label), count: chosen.length });
  if (body !== undefined) return <Running {...{ kind, action, title, onClose }} entities={chosen} body={body} />;
  if (action.form !== undefined) return <Asking {...{ kind, action, title, onClose }} entities={chosen} onBody={setBody} />;
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="bulk-title" aria-describedby="bulk-body">
      <ModalHeader title={title} titleIconVariant="warning" labelId="bulk-title" />
      <ModalBody id="bulk-body">
        {action.confirm !== undefined && <p>{text(action.confirm.body, { name: chosen.map((one) => nameOf(kind, one)).join(', ') })}</p>}
        <ul className="vg-bulk__names">
          {chosen.map((one) => (
            <li key={one.id}>{nameOf(kind, one)}</li>
          ))}
        </ul>
      </ModalBody>
      <ModalFooter>
        <Button variant={action.danger === true ? 'danger' : 'primary'} onClick={() => setBody({})}>
          {text(action.label)}
        </Button>
        <Button variant="link" onClick={onClose}>
          {text('cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** The form, with what the objects have in common: each is read whole first, as lists may tell less of them. */
function Asking({
  kind,
  action,
  entities,
  title,
  onClose,
  onBody,
}: BulkDialogProps & { title: string; onBody: (body: object) => void }): ReactNode {
  const [pane, setPane] = useState('');
  const ids = entities.map((one) => one.id ?? '');
  const whole = useQuery({
    queryKey: ['parts', kind.type, '', 'several', ids.join(' ')],
    queryFn: ({ signal }) => Promise.all(ids.map((id) => kind.one(client, id, signal))),
    staleTime: Infinity,
  });
  const [first] = whole.data ?? [];
  if (action.form === undefined) return null;
  if (whole.data === undefined) return <Loading />;
  return (
    <FormDialog
      action={action}
      form={action.form}
      target={{ id: first?.id ?? '', entity: first, ownerId: '', owner: undefined }}
      several={whole.data}
      heading={title}
      name={title}
      pane={pane}
      onPane={setPane}
      send={async (body) => body}
      onDone={(body) => onBody(body as object)}
      onClose={onClose}
    />
  );
}

function Running({ kind, action, entities, title, body, onClose }: BulkDialogProps & { title: string; body: object }): ReactNode {
  const text = useText();
  const [results, setResults] = useState<ReadonlyMap<string, BulkResult>>(new Map());
  const started = useRef(false);
  const start = useCallback(() => {
    if (started.current) return;
    started.current = true;
    void runBulk(client, action, entities, body, (result) =>
      setResults((known) => new Map(known).set(result.entity.id ?? '', result)),
    ).then(() => refreshAfter(kind, ''));
  }, [action, entities, body, kind]);
  useEffect(start, [start]);
  const failed = [...results.values()].filter((one) => one.error !== undefined).length;
  const done = results.size === entities.length;
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="bulk-title">
      <ModalHeader title={title} labelId="bulk-title" />
      <ModalBody>
        <p role="status">
          {done
            ? text('bulk.done', { done: results.size - failed, failed })
            : text('bulk.running', { done: results.size, all: entities.length })}
        </p>
        <Wide label={title}>
          <table aria-label={title}>
            <thead>
              <tr>
                <th scope="col">{text('label.name')}</th>
                <th scope="col">{text('label.status')}</th>
                <th scope="col">{text('label.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {entities.map((one) => (
                <tr key={one.id}>
                  <td>{nameOf(kind, one)}</td>
                  <td>
                    <ResultStatus result={results.get(one.id ?? '')} />
                  </td>
                  <td>{reasonOf(results.get(one.id ?? ''), text)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>
          {text('close')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function ResultStatus({ result }: { result: BulkResult | undefined }): ReactNode {
  return <Status value={result === undefined ? 'started' : result.error === undefined ? 'ok' : 'failed'} />;
}

function reasonOf(result: BulkResult | undefined, text: ReturnType<typeof useText>): string {
  if (result?.error === undefined) return '';
  const problem = problemOf(result.error);
  return problem.cause ?? text(problem.title);
}
