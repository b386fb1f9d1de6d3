import { Divider } from '@patternfly/react-core/dist/esm/components/Divider/index.js';
import { Dropdown, DropdownGroup, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown/index.js';
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle/index.js';
import { UserIcon } from '@patternfly/react-icons/dist/esm/icons/user-icon.js';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { chooseLanguage } from '../session/preferences.ts';
import { signOut, useSession } from '../session/session.ts';
import { useLanguage } from '../text/language.ts';
import type { LanguageChoice } from '../text/language.ts';
import { languages } from '../text/languages.ts';
import { useText } from '../text/text.ts';
import { setTheme, useTheme } from '../theme/theme.ts';
import type { ThemeChoice } from '../theme/theme.ts';

const themes: readonly ThemeChoice[] = ['light', 'dark', 'system'];

const languageChoices: readonly [LanguageChoice, string | undefined][] = [
  ['browser', undefined],
  ...(Object.entries(languages) as [LanguageChoice, string][]),
];

/** Who is signed in and what he has, how the page looks, its language, and the way out. */
export function AccountMenu(): ReactNode {
  const text = useText();
  const session = useSession();
  const theme = useTheme();
  const { choice } = useLanguage();
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const user = session.kind === 'signed-in' ? session.session.user : undefined;
  const name = user?.principal ?? '';
  const choose = (language: LanguageChoice): void => {
    if (user !== undefined) void chooseLanguage(user.id, language).catch(tellFailure);
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      popperProps={{ position: 'right' }}
      onSelect={() => setOpen(false)}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          isExpanded={open}
          icon={<UserIcon aria-hidden />}
          variant="plainText"
          aria-label={text('session.menu', { name })}
          onClick={() => setOpen(!open)}
        >
          {name}
        </MenuToggle>
      )}
    >
      <DropdownList aria-label={text('account.title')}>
        <DropdownItem onClick={() => void navigate({ to: '/account' })}>{text('account.title')}</DropdownItem>
      </DropdownList>
      <Divider />
      <DropdownGroup label={text('theme.label')}>
        <DropdownList aria-label={text('theme.label')}>
          {themes.map((one) => (
            <DropdownItem key={one} isSelected={one === theme} onClick={() => setTheme(one)}>
              {text(`theme.${one}`)}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownGroup label={text('language.label')}>
        <DropdownList aria-label={text('language.label')}>
          {languageChoices.map(([one, ownName]) => (
            <DropdownItem key={one} isSelected={one === choice} lang={ownName && one} onClick={() => choose(one)}>
              {ownName ?? text('language.browser')}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownList aria-label={text('session.signout')}>
        <DropdownItem onClick={() => void signOut().catch(tellFailure)}>{text('session.signout')}</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
