import type { Initialization } from '@virgate/contract/generated/types';
import { element, serialize, type Element } from './domain-xml/element.ts';

/** Longest name of a Windows machine. Source: engine behaviour, sysprep name. */
const maxNameLength = 15;

const component = (name: string, children: (Element | false | '' | undefined)[]): Element =>
  element(
    'component',
    { name, processorArchitecture: 'amd64', publicKeyToken: '31bf3856ad364e35', language: 'neutral', versionScope: 'nonSxS' },
    children.map((child) => child || null),
  );
const when = (value: string | undefined, name: string): Element | undefined => (value ? element(name, {}, value) : undefined);

/** The answer file of a Windows that starts for the first time; a script of the user's takes its whole place. */
export function unattendXml(init: Initialization, vmName: string): string {
  if (init.custom_script) return init.custom_script;
  const password = (name: string): Element | undefined =>
    init.root_password ? element(name, {}, [element('Value', {}, init.root_password), element('PlainText', {}, 'true')]) : undefined;
  const join =
    init.domain &&
    component('Microsoft-Windows-UnattendedJoin', [
      element('Identification', {}, [
        element('Credentials', {}, [
          element('Domain', {}, init.domain),
          when(init.root_password, 'Password') ?? null,
          when(init.user_name, 'Username') ?? null,
        ]),
        element('JoinDomain', {}, init.domain),
        when(init.active_directory_ou, 'MachineObjectOU') ?? null,
      ]),
    ]);
  const specialize = element('settings', { pass: 'specialize' }, [
    component('Microsoft-Windows-Shell-Setup', [
      element('ComputerName', {}, (init.host_name || vmName).slice(0, maxNameLength)),
      when(init.windows_license_key, 'ProductKey'),
      when(init.org_name, 'RegisteredOrganization'),
      when(init.timezone, 'TimeZone'),
    ]),
    join || null,
  ]);
  const oobe = element('settings', { pass: 'oobeSystem' }, [
    component('Microsoft-Windows-International-Core', [
      when(init.input_locale, 'InputLocale'),
      when(init.system_locale, 'SystemLocale'),
      when(init.ui_language, 'UILanguage'),
      when(init.user_locale, 'UserLocale'),
    ]),
    component('Microsoft-Windows-Shell-Setup', [
      password('AdministratorPassword') && element('UserAccounts', {}, [password('AdministratorPassword') ?? null]),
      element('OOBE', {}, [
        element('HideEULAPage', {}, 'true'),
        element('SkipMachineOOBE', {}, 'true'),
        element('SkipUserOOBE', {}, 'true'),
      ]),
    ]),
  ]);
  return `<?xml version="1.0" encoding="utf-8"?>${serialize(element('unattend', { xmlns: 'urn:schemas-microsoft-com:unattend' }, [specialize, oobe]))}`;
}
