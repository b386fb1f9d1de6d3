/** What of an event a mail tells. */
export interface MailedEvent {
  description: string;
  severity: string;
  /** Milliseconds since 1970. */
  time: number;
  /** It tells that something is settled. */
  resolves: boolean;
  user_name: string | null;
  vm_name: string | null;
  host_name: string | null;
  template_name: string | null;
  data_center_name: string | null;
  storage_domain_name: string | null;
}

export interface MailText {
  subject: string;
  text: string;
  html?: string;
  attachments?: { filename: string; content: Buffer; contentType: string }[];
}

/** Longest subject; the message itself is in the body whole. */
const maxSubject = 400;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** A header is one line, whatever an event's text has. */
// eslint-disable-next-line no-control-regex
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, maxSubject);

/** Subject and body of the mail of an event. Form of the subject: notifier, mails. */
export function mailOf(event: MailedEvent, engineName: string, html: boolean): MailText {
  const kind = event.resolves ? 'resolveMessage' : 'alertMessage';
  const subject = oneLine(`${kind} (${engineName}), [${event.description}]`);
  const lines: readonly (readonly [string, string | null])[] = [
    ['Time', new Date(event.time).toISOString()],
    ['Message', event.description],
    ['Severity', event.severity.toUpperCase()],
    ['User Name', event.user_name],
    ['VM Name', event.vm_name],
    ['Host Name', event.host_name],
    ['Template Name', event.template_name],
    ['Data Center Name', event.data_center_name],
    ['Storage Domain Name', event.storage_domain_name],
  ];
  const said = lines.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const text = said.map(([name, value]) => `${name}: ${value}\n`).join('');
  if (!html) return { subject, text };
  const rows = said.map(([name, value]) => `<b>${name}:</b> ${escaped(value)}<br>`).join('\n');
  return { subject, text, html: `<html><head><title>${escaped(subject)}</title></head><body><p>\n${rows}\n</p></body></html>` };
}
