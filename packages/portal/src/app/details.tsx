import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core/dist/esm/components/DescriptionList/index.js';
import { DrawerActions, DrawerCloseButton, DrawerHead, DrawerPanelBody } from '@patternfly/react-core/dist/esm/components/Drawer/index.js';
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton/index.js';
import { Tab, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { ApiFault } from '@virgate/sdk';
import type { ReactNode } from 'react';
import { ProblemAlert, ProblemPage } from '../faults/problem.tsx';
import { useText } from '../text/text.ts';
import { Wide } from './wide.tsx';

export interface DetailsTab {
  key: string;
  title: string;
  body: ReactNode;
}

interface DetailsProps {
  title: string;
  status?: ReactNode;
  tools?: ReactNode;
  tabs: readonly DetailsTab[];
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  before?: ReactNode;
}

/** The panel beside a list: heading with status, tools, and what there is to know in tabs. */
export function Details({ title, status, tools, tabs, tab, onTab, onClose, before }: DetailsProps): ReactNode {
  const text = useText();
  const current = tabs.some((one) => one.key === tab) ? tab : (tabs[0]?.key ?? '');
  return (
    <>
      <DrawerHead>
        <div className="vg-details__head">
          <Title headingLevel="h2" size="lg" className="vg-details__title">
            {title}
          </Title>
          {status}
        </div>
        <DrawerActions>
          <DrawerCloseButton aria-label={text('close')} onClose={onClose} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        {tools !== undefined && (
          <div className="vg-details__tools" role="toolbar" aria-label={text('grid.actions.of', { name: title })}>
            {tools}
          </div>
        )}
        {before}
        <Tabs activeKey={current} onSelect={(_, key) => onTab(String(key))} aria-label={title} mountOnEnter unmountOnExit>
          {tabs.map((one) => (
            <Tab key={one.key} eventKey={one.key} title={<TabTitleText>{one.title}</TabTitleText>}>
              <div className="vg-details__body">{one.body}</div>
            </Tab>
          ))}
        </Tabs>
      </DrawerPanelBody>
    </>
  );
}

/** In the panel's place while the object is read, gone, or cannot be read. */
export function DetailsMissing({
  query,
  gone,
  onClose,
}: {
  query: { error: unknown; refetch: () => unknown };
  gone: string;
  onClose: () => void;
}): ReactNode {
  const text = useText();
  const missing = query.error instanceof ApiFault && query.error.status === 404;
  return (
    <>
      <DrawerHead>
        <Title headingLevel="h2" size="lg">
          {missing ? gone : ''}
        </Title>
        <DrawerActions>
          <DrawerCloseButton aria-label={text('close')} onClose={onClose} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        {query.error === null ? (
          <Loading />
        ) : missing ? (
          text('vms.gone.body')
        ) : (
          <ProblemPage error={query.error} onRetry={() => void query.refetch()} />
        )}
      </DrawerPanelBody>
    </>
  );
}

export function Loading(): ReactNode {
  const text = useText();
  return (
    <div className="vg-loading" role="status">
      <span className="vg-loading__words">{text('loading')}</span>
      <Skeleton width="70%" />
      <Skeleton width="50%" />
      <Skeleton width="60%" />
    </div>
  );
}

/** Terms and values; what is unknown is left out. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: '11rem' }}>
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([term, value]) => (
          <DescriptionListGroup key={term}>
            <DescriptionListTerm>{term}</DescriptionListTerm>
            <DescriptionListDescription>{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}

export interface PartColumn<T> {
  title: string;
  cell: (row: T) => ReactNode;
}

/** What hangs on an object, as a short table. */
export function Parts<T extends { id?: string }>(props: {
  label: string;
  query: { data: readonly T[] | undefined; error: unknown };
  columns: readonly PartColumn<T>[];
  empty: string;
}): ReactNode {
  const { query, columns } = props;
  if (query.error !== null && query.data === undefined) return <ProblemAlert error={query.error} object={props.label} />;
  if (query.data === undefined) return <Loading />;
  if (query.data.length === 0) return <p className="vg-quiet">{props.empty}</p>;
  return (
    <Wide label={props.label}>
      <table aria-label={props.label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {query.data.map((row, index) => (
            <tr key={row.id ?? index}>
              {columns.map((column) => (
                <td key={column.title}>{column.cell(row) ?? '—'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
