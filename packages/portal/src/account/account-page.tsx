import { Tab, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { useListPlace } from '../app/list-place.ts';
import { ProblemPage } from '../faults/problem.tsx';
import { TabBody } from '../kinds/details.tsx';
import { KindDialog } from '../kinds/dialog.tsx';
import { useSession } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { account } from './kind.ts';

/** Who is signed in, as the engine knows him, and his keys. */
export function AccountPage(): ReactNode {
  const text = useText();
  const session = useSession();
  const id = session.kind === 'signed-in' ? session.session.user.id : '';
  const title = text(account.title);
  const place = { ...useListPlace(account.path, 'objectId', title, { column: '', descending: false }), selectedId: id };
  const query = useQuery({
    queryKey: ['parts', 'user', id, 'user', 'account'],
    queryFn: ({ signal }) => account.one(client, id, signal),
    enabled: id !== '',
  });
  const tab = account.tabs.find((one) => one.key === place.tab) ?? account.tabs[0];
  return (
    <div className="vg-page">
      <header className="vg-page__head">
        <Title headingLevel="h1" size="2xl">
          {title}
        </Title>
      </header>
      <div className="vg-account">
        {query.error !== null && query.data === undefined ? (
          <ProblemPage error={query.error} object={title} onRetry={() => void query.refetch()} />
        ) : query.data === undefined ? (
          <Loading />
        ) : (
          <Tabs activeKey={tab?.key ?? ''} onSelect={(_, key) => place.onTab(String(key))} aria-label={title} mountOnEnter unmountOnExit>
            {account.tabs.map((one) => (
              <Tab key={one.key} eventKey={one.key} title={<TabTitleText>{text(one.label)}</TabTitleText>}>
                <div className="vg-details__body">
                  <TabBody
                    kind={account}
                    tab={one}
                    owner={{ ...query.data, id }}
                    onPartAction={(part, action, row) => place.onDialog(`${part}:${action.key}:${row?.id ?? ''}`)}
                  />
                </div>
              </Tab>
            ))}
          </Tabs>
        )}
      </div>
      {place.dialog !== '' && <KindDialog key={place.dialog} kind={account} place={place} />}
    </div>
  );
}
