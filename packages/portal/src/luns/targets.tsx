import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import type { IscsiDetails } from '@virgate/contract/generated/types';
import { useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Parts } from '../app/details.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { useText } from '../text/text.ts';

/** With what a host signed in at a target. */
export type Login = Pick<IscsiDetails, 'username' | 'password'>;

const defaultPort = '3260';
const maxPort = 65_535;
const targetKey = (one: IscsiDetails): string => `${one.target} ${one.address} ${one.port}`;

/**
 * Asks an iSCSI portal for its targets, and signs a host in to them.
 * @param id that ids of its fields begin with
 * @param onLogin told of each target that the host signed in to; what the host sees is to be read again
 */
export function Targets({
  id,
  host,
  disabled,
  onLogin,
}: {
  id: string;
  host: string;
  disabled: boolean;
  onLogin: (target: IscsiDetails, login: Login) => Promise<unknown>;
}): ReactNode {
  const text = useText();
  const [typed, setTyped] = useState({ address: '', port: defaultPort, username: '', password: '' });
  const [found, setFound] = useState<{ login: Login; targets: readonly IscsiDetails[] }>();
  const [known, setKnown] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<unknown>();
  /** What the engine is asked for now: the discovery, or the login to a target. */
  const [busy, setBusy] = useState<string>();
  const port = Number(typed.port);
  const wrongPort = !Number.isInteger(port) || port < 1 || port > maxPort;
  const cannot = disabled || busy !== undefined || typed.address.trim() === '' || wrongPort;

  const asking = async (what: string, ask: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setFailure(undefined);
    try {
      await ask();
    } catch (error) {
      setFailure(error);
    }
    setBusy(undefined);
  };
  const discover = (): Promise<void> =>
    asking('', async () => {
      const { username, password } = typed;
      const login = username === '' ? {} : { username, ...(password === '' ? {} : { password }) };
      setFound(undefined);
      const answer = await client.hosts.host(host).discoverIscsi({ iscsi: { address: typed.address.trim(), port, ...login } });
      setFound({ login, targets: answer.discovered_targets ?? [] });
      setKnown([]);
    });
  const logIn = async (one: IscsiDetails, login: Login): Promise<void> => {
    await client.hosts.host(host).iscsiLogin({ iscsi: { ...one, ...login } });
    setKnown((before) => [...before, targetKey(one)]);
    await onLogin(one, login);
  };
  const others = (found?.targets ?? []).filter((one) => !known.includes(targetKey(one)));
  const discoverByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    // The form around it is not to be sent.
    event.preventDefault();
    if (!cannot) void discover();
  };
  const input = (name: keyof typeof typed, label: string, type: 'text' | 'number' | 'password', hint?: string): ReactNode => (
    <FormGroup label={label} fieldId={`${id}-${name}`}>
      <TextInput
        id={`${id}-${name}`}
        type={type}
        value={typed[name]}
        isDisabled={disabled}
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        spellCheck={false}
        validated={name === 'port' && wrongPort ? 'error' : 'default'}
        aria-describedby={hint === undefined ? undefined : `${id}-${name}-hint`}
        onKeyDown={discoverByKey}
        onChange={(_, value) => setTyped({ ...typed, [name]: value })}
      />
      {hint !== undefined && (
        <HelperText id={`${id}-${name}-hint`}>
          <HelperTextItem variant={name === 'port' ? 'error' : 'default'}>{hint}</HelperTextItem>
        </HelperText>
      )}
    </FormGroup>
  );
  return (
    <div role="group" aria-label={text('iscsi.discovery')}>
      <div className="vg-targets">
        {input('address', text('label.address'), 'text')}
        {input('port', text('label.port'), 'number', wrongPort ? text('form.number.between', { min: 1, max: maxPort }) : undefined)}
        {input('username', text('label.userName'), 'text', text('iscsi.chap.hint'))}
        {input('password', text('label.password'), 'password')}
      </div>
      <Button variant="secondary" isLoading={busy === ''} isDisabled={cannot} onClick={() => void discover()}>
        {text('iscsi.discover')}
      </Button>
      {found !== undefined && others.length > 1 && (
        <Button
          variant="link"
          isDisabled={disabled || busy !== undefined}
          onClick={() =>
            void asking('all', async () => {
              for (const one of others) await logIn(one, found.login);
            })
          }
        >
          {text('iscsi.loginAll')}
        </Button>
      )}
      {failure !== undefined && <ProblemAlert error={failure} />}
      {found !== undefined && (
        <Parts
          label={text('iscsi.targets')}
          query={{ data: found.targets.map((one) => ({ id: targetKey(one), one })), error: null }}
          empty={text('iscsi.targets.none')}
          columns={[
            { title: text('label.target'), cell: ({ one }) => one.target },
            { title: text('label.address'), cell: ({ one }) => `${one.address ?? ''}:${one.port ?? ''}` },
            {
              title: text('grid.actions'),
              cell: ({ one }) =>
                known.includes(targetKey(one)) ? (
                  text('iscsi.loggedIn')
                ) : (
                  <Button
                    size="sm"
                    variant="secondary"
                    isLoading={busy === targetKey(one)}
                    isDisabled={disabled || busy !== undefined}
                    aria-label={text('iscsi.loginTo', { target: one.target ?? '' })}
                    onClick={() => void asking(targetKey(one), () => logIn(one, found.login))}
                  >
                    {text('iscsi.login')}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </div>
  );
}
