import { createTransport } from 'nodemailer';
import type { Kysely, Selectable } from 'kysely';
import { unseal } from '../pki/seal.ts';
import type { MailSettingsTable, Tables } from '../tables/schema.ts';
import type { MailText } from './message.ts';

/** How long a mail server may take for each of its answers. */
const timeoutMs = 20_000;

export type MailSettings = Selectable<MailSettingsTable>;

/** Where mails are sent from; undefined when nothing is said, and no mail is sent. */
export const mailSettings = (db: Kysely<Tables>): Promise<MailSettings | undefined> =>
  db.selectFrom('mail_settings').selectAll().executeTakeFirst();

/** A connection to the mail server. */
export interface Mailer {
  /** @throws what the server refuses, or why it is not reached */
  send(to: string, mail: MailText, messageId: string): Promise<void>;
  close(): void;
}

/** Opens the mail server as the settings say; the first mail connects. */
export function openMailer(settings: MailSettings, secretKey: Buffer, heloName: string): Mailer {
  const { server, port, encryption, username, password, sender, reply_to: replyTo, ca_pem: ca } = settings;
  const transport = createTransport({
    pool: true,
    maxConnections: 1,
    host: server,
    port,
    name: heloName,
    secure: encryption === 'ssl',
    requireTLS: encryption === 'tls',
    ignoreTLS: encryption === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing of a mail is read from files or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(ca === null ? {} : { tls: { ca } }),
    ...(username === null ? {} : { auth: { user: username, pass: password === null ? '' : unseal(secretKey, password) } }),
  });
  return {
    async send(to, mail, messageId) {
      await transport.sendMail({ ...mail, from: sender, to, messageId, ...(replyTo === null ? {} : { replyTo }) });
    },
    close: () => transport.close(),
  };
}
