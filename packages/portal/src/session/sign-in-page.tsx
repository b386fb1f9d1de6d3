import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Form, FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { ApiFault } from '@virgate/sdk';
import { useEffect, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import mark from '../app/mark.svg';
import { ProblemAlert } from '../faults/problem.tsx';
import { useText } from '../text/text.ts';
import { signIn } from './session.ts';
import './sign-in.css';

const secondFactorPage = '/ovirt-engine/sso/login.html';

/** Name and password, straight to the engine that this page came from. `ended`: a session was open and is over. */
export function SignInPage({ ended }: { ended: boolean }): ReactNode {
  const text = useText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState<'user' | 'password'>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    document.title = text('session.title');
  }, [text]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const lacks = username.trim() === '' ? 'user' : password === '' ? 'password' : undefined;
    setMissing(lacks);
    if (lacks !== undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await signIn(username.trim(), password);
    } catch (reason) {
      // The second factor is asked for on the engine's own page, which leads back here.
      if (reason instanceof ApiFault && reason.code?.startsWith('second_factor')) return location.assign(secondFactorPage);
      setError(reason);
      setPassword('');
    } finally {
      setBusy(false);
    }
  }

  const wrong = error instanceof ApiFault && error.signedOut;
  return (
    <div className="vg-signin">
      <main className="vg-signin__card">
        <div className="vg-signin__brand">
          <img src={mark} alt="" width={44} height={44} />
          <span>{text('product.name')}</span>
        </div>
        <h1 className="vg-signin__title">{text('session.title')}</h1>
        <p className="vg-signin__lead">{text('session.subtitle')}</p>
        {ended && error === undefined && <Alert isInline variant="info" title={text('session.over')} />}
        {wrong && (
          <div role="alert">
            <Alert isInline variant="danger" title={text('session.wrong')}>
              {error.text}
            </Alert>
          </div>
        )}
        {error !== undefined && !wrong && <ProblemAlert error={error} />}
        <Form onSubmit={(event) => void submit(event)} noValidate>
          <FormGroup label={text('session.user')} isRequired fieldId="username">
            <TextInput
              id="username"
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              isRequired
              autoFocus
              value={username}
              validated={missing === 'user' ? 'error' : 'default'}
              aria-describedby="username-hint"
              onChange={(_, value) => setUsername(value)}
            />
            <HelperText id="username-hint">
              <HelperTextItem variant={missing === 'user' ? 'error' : 'default'}>
                {text(missing === 'user' ? 'session.need.user' : 'session.user.hint')}
              </HelperTextItem>
            </HelperText>
          </FormGroup>
          <FormGroup label={text('session.password')} isRequired fieldId="password">
            <TextInput
              id="password"
              name="password"
              type="password"
              autoComplete="current-password"
              isRequired
              value={password}
              validated={missing === 'password' ? 'error' : 'default'}
              aria-describedby={missing === 'password' ? 'password-hint' : undefined}
              onChange={(_, value) => setPassword(value)}
            />
            {missing === 'password' && (
              <HelperText id="password-hint">
                <HelperTextItem variant="error">{text('session.need.password')}</HelperTextItem>
              </HelperText>
            )}
          </FormGroup>
          <Button type="submit" variant="primary" isBlock isLoading={busy} isDisabled={busy}>
            {text(busy ? 'session.signing' : 'session.signin')}
          </Button>
        </Form>
      </main>
    </div>
  );
}
