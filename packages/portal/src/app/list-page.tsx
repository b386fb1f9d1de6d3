import { Drawer, DrawerContent, DrawerContentBody, DrawerPanelContent } from '@patternfly/react-core/dist/esm/components/Drawer/index.js';
import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
} from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput/index.js';
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { Toolbar, ToolbarContent, ToolbarGroup, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar/index.js';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon.js';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentType, KeyboardEvent, ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { ProblemPage } from '../faults/problem.tsx';
import { csvOf } from '../grid/csv.ts';
import { Grid } from '../grid/grid.tsx';
import type { Column, GridProps } from '../grid/grid.tsx';
import { useColumnLayout } from '../grid/column-layouts.ts';
import { arranged, movedTo } from '../grid/layout.ts';
import type { Rows } from '../grid/rows.ts';
import { offerFile } from '../reports/files.ts';
import { useText } from '../text/text.ts';
import { ColumnsDialog, withWidth } from './columns-dialog.tsx';

const none: readonly string[] = [];
/** Right after the column that always stays. */
const chosenPriority = 0.5;

export interface ListPageProps<T extends { id?: string }> extends Omit<GridProps<T>, 'rows' | 'label'> {
  title: string;
  /** Name under which the choice of columns is kept. */
  list: string;
  /** Keys of columns that are shown only when they were chosen. */
  hiddenAtFirst?: readonly string[];
  /** What can be done with the selected rows, while there are any. */
  bulk?: ReactNode;
  query: { data: Rows<T> | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  search: string;
  onSearch: (search: string) => void;
  searchLabel?: string;
  /** Shown when the collection is empty. */
  empty: { icon: ComponentType; title: string; body: string; action?: ReactNode };
  toolbar?: ReactNode;
  /** Details of the selected row, beside the list. */
  panel?: ReactNode;
  panelLabel?: string;
  onPanelClose?: () => void;
}

/** A list as every page shows it: heading, search, what can be made here, rows, and details side by side. */
export function ListPage<T extends { id?: string }>(props: ListPageProps<T>): ReactNode {
  const text = useText();
  const { title, query, search, empty, toolbar, panel, bulk } = props;
  const { layout, onLayout } = useColumnLayout(props.list);
  const [choosing, setChoosing] = useState(false);
  const all = useMemo(() => arranged(props.columns, layout.order), [props.columns, layout.order]);
  const [first] = props.columns;
  const hidden = useMemo(() => new Set(layout.hidden ?? props.hiddenAtFirst ?? none), [layout.hidden, props.hiddenAtFirst]);
  const columns = useMemo(
    () =>
      all
        .filter((column) => !hidden.has(column.key))
        // What was chosen is wanted: others give way first where there is no room for all.
        .map((column) => (props.hiddenAtFirst?.includes(column.key) === true ? { ...column, priority: chosenPriority } : column))
        .map((column) => ({ ...column, width: layout.widths?.[column.key] })),
    [all, props.hiddenAtFirst, hidden, layout.widths],
  );
  const move = useCallback(
    (key: string, toPlaceOf: string) => {
      const keys = all.map((column) => column.key);
      onLayout({ ...layout, order: movedTo(keys, key, keys.indexOf(toPlaceOf)) });
    },
    [all, layout, onLayout],
  );
  const setWidth = useCallback((key: string, pixels: number | undefined) => onLayout(withWidth(layout, key, pixels)), [layout, onLayout]);
  const count = query.data?.count;
  const page = useRef<HTMLDivElement>(null);
  const open = panel !== undefined;
  const wasOpen = useRef(open);
  useEffect(() => {
    // What had the focus went with the details: it goes on in the list.
    if (wasOpen.current && !open && document.activeElement === document.body)
      page.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    wasOpen.current = open;
  }, [open]);
  const onPanelKey = (event: KeyboardEvent<HTMLDivElement>): void => {
    // Keys of a menu that belongs to the details, but lies over the page, are not meant for them.
    if (event.key === 'Escape' && event.target instanceof Node && event.currentTarget.contains(event.target)) props.onPanelClose?.();
  };
  return (
    <div className="vg-page" ref={page}>
      <header className="vg-page__head">
        <Title headingLevel="h1" size="2xl">
          {title}
        </Title>
        <span className="vg-page__count" role="status">
          {count === undefined ? '' : text(search === '' ? 'all.count' : 'all.found', { count })}
        </span>
      </header>
      <Toolbar inset={{ default: 'insetMd' }} className="vg-page__tools">
        <ToolbarContent>
          <ToolbarItem className="vg-page__search">
            <Search search={search} onSearch={props.onSearch} label={props.searchLabel ?? text('grid.search')} />
          </ToolbarItem>
          <ToolbarGroup align={{ default: 'alignEnd' }}>
            <Button variant="link" onClick={() => setChoosing(true)}>
              {text('columns.choose')}
            </Button>
            <ExportButton title={title} rows={query.data} columns={columns} />
            {toolbar}
          </ToolbarGroup>
        </ToolbarContent>
      </Toolbar>
      {bulk}
      <Drawer isExpanded={panel !== undefined} isInline className="vg-page__split">
        <DrawerContent
          panelContent={
            <DrawerPanelContent
              isResizable
              defaultSize="46%"
              minSize="340px"
              aria-label={props.panelLabel}
              resizeAriaLabel={props.panelLabel}
              onKeyDown={onPanelKey}
            >
              {panel}
            </DrawerPanelContent>
          }
        >
          <DrawerContentBody className="vg-page__list">
            <ListBody {...props} columns={columns} empty={empty} onMove={move} onWidth={setWidth} />
          </DrawerContentBody>
        </DrawerContent>
      </Drawer>
      {choosing && (
        <ColumnsDialog
          title={title}
          columns={all}
          always={first?.key}
          layout={{ ...layout, hidden: [...hidden] }}
          onLayout={onLayout}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  );
}

interface ExportButtonProps<T> {
  title: string;
  rows: Rows<T> | undefined;
  columns: readonly Column<T>[];
}

/** Has the browser keep all of the list, with the columns that are chosen, loaded or not. */
function ExportButton<T>({ title, rows, columns }: ExportButtonProps<T>): ReactNode {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const keep = async (from: Rows<T>): Promise<void> => {
    setBusy(true);
    try {
      offerFile(`${title}.csv`, new Blob([csvOf(columns, await from.all())], { type: 'text/csv' }));
    } catch (error) {
      tellFailure(error, title);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="link" isLoading={busy} isDisabled={busy || rows === undefined} onClick={() => rows && void keep(rows)}>
      {text('list.export')}
    </Button>
  );
}

function ListBody<T extends { id?: string }>(props: ListPageProps<T>): ReactNode {
  const text = useText();
  const { query, search, empty } = props;
  if (query.data === undefined && query.error !== null)
    return <ProblemPage error={query.error} object={props.title} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <LoadingRows />;
  if (query.data.count > 0) return <Grid {...props} label={props.title} rows={query.data} />;
  if (search !== '') {
    return (
      <EmptyState icon={SearchIcon} titleText={text('grid.search.none')} headingLevel="h2">
        <EmptyStateBody>{text('grid.search.none.body', { search })}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="link" onClick={() => props.onSearch('')}>
              {text('grid.search.clear')}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={empty.icon} titleText={empty.title} headingLevel="h2">
      <EmptyStateBody>{empty.body}</EmptyStateBody>
      {empty.action !== undefined && (
        <EmptyStateFooter>
          <EmptyStateActions>{empty.action}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

const loadingWidths = ['62%', '48%', '71%', '55%', '66%', '43%'];

function LoadingRows(): ReactNode {
  const text = useText();
  return (
    <div className="vg-loading" role="status">
      <span className="vg-loading__words">{text('loading')}</span>
      {loadingWidths.map((width) => (
        <Skeleton key={width} width={width} height="18px" />
      ))}
    </div>
  );
}

/** Milliseconds after the last key before a search is sent. */
const searchDelayMs = 350;

function Search({ search, onSearch, label }: { search: string; onSearch: (search: string) => void; label: string }): ReactNode {
  const text = useText();
  const [value, setValue] = useState(search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [shown, setShown] = useState(search);
  // The address changed by itself (back button, a link): not when it follows what is being typed.
  if (shown !== search) {
    setShown(search);
    if (value.trim() !== search) setValue(search);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string): void => {
    clearTimeout(timer.current);
    onSearch(next.trim());
  };
  return (
    <SearchInput
      aria-label={label}
      placeholder={text('grid.search')}
      value={value}
      resetButtonLabel={text('grid.search.clear')}
      onChange={(_, next) => {
        setValue(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(next), searchDelayMs);
      }}
      onSearch={(_, next) => send(next)}
      onClear={() => {
        setValue('');
        send('');
      }}
    />
  );
}
