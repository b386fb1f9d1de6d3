import { X509Certificate } from 'node:crypto';
import type { MailServer, MailServerChange } from '@virgate/contract/generated/virgate';
import { seal } from '../pki/seal.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import { mailSettings, openMailer, type MailSettings } from './mail.ts';
import { mailOf } from './message.ts';
import { addressPattern } from '../users/event-subscriptions.ts';

const maxReason = 500;

/** What is told of the settings: all but the password. */
const shown = (row: MailSettings): MailServer => ({
  server: row.server,
  port: row.port,
  encryption: row.encryption as MailServer['encryption'],
  caPem: row.ca_pem,
  user: row.username,
  from: row.sender,
  replyTo: row.reply_to,
  html: row.html,
  retries: row.retries,
  historyDays: row.history_days,
});

function checkAddresses({ from, replyTo }: Pick<MailServerChange, 'from' | 'replyTo'>): void {
  for (const [field, address] of Object.entries({ from, replyTo }))
    if (address !== undefined && address !== null && !addressPattern.test(address))
      throw refusal(400, 'invalid_value', `${field}: must be an e-mail address.`, field);
}

function checkCa(pem: string | null | undefined): void {
  if (pem === null || pem === undefined) return;
  try {
    void new X509Certificate(pem).raw;
  } catch {
    throw refusal(400, 'invalid_value', 'caPem: must be a certificate in PEM.', 'caPem');
  }
}

const unset = () => refusal(404, 'not_found', 'No mail server is set: no mails are sent.');

/** `/virgate/api/mail`: the server by which subscribers of events get their mails. */
export const mailOperations: VirgateOperations = {
  MailService: {
    get: {
      async run({ db }) {
        const row = await mailSettings(db);
        if (!row) throw unset();
        return shown(row);
      },
    },
    update: {
      async run({ db, engine, body }) {
        checkAddresses(body);
        checkCa(body.caPem);
        if (typeof body.password === 'string' && !body.user)
          throw refusal(400, 'invalid_value', 'user: must be given with a password.', 'user');
        const { server, port, encryption, from, replyTo = null, user = null, caPem = null } = body;
        const values = {
          server,
          port: port ?? { none: 25, ssl: 465, tls: 587 }[encryption ?? 'none'],
          encryption: encryption ?? 'none',
          ca_pem: caPem,
          username: user,
          sender: from,
          reply_to: replyTo,
          html: body.html ?? false,
          retries: body.retries ?? 4,
          history_days: body.historyDays ?? 7,
        };
        // Without a word of it the password stays, but never for another server or user.
        const before = await mailSettings(db);
        const keeps = body.password === undefined && before?.username === user && before.server === server;
        const password = keeps ? before.password : body.password ? seal(engine.authority.secretKey, body.password) : null;
        const row = { ...values, password };
        const stored = await db
          .insertInto('mail_settings')
          .values(row)
          .onConflict((there) => there.column('singleton').doUpdateSet(row))
          .returningAll()
          .executeTakeFirstOrThrow();
        return shown(stored);
      },
    },
    remove: {
      async run({ db }) {
        const gone = await db.deleteFrom('mail_settings').returning('singleton').executeTakeFirst();
        if (!gone) throw unset();
        return undefined;
      },
    },
    test: {
      async run({ db, engine, body }) {
        if (!addressPattern.test(body.address)) throw refusal(400, 'invalid_value', 'address: must be an e-mail address.', 'address');
        const settings = await mailSettings(db);
        if (!settings) throw unset();
        const mailer = openMailer(settings, engine.authority.secretKey, engine.mailName);
        const none = {
          user_name: null,
          vm_name: null,
          host_name: null,
          template_name: null,
          data_center_name: null,
          storage_domain_name: null,
        };
        const event = { description: 'A test of the mail server.', severity: 'normal', time: engine.now(), resolves: false, ...none };
        try {
          await mailer.send(
            body.address,
            mailOf(event, engine.mailName, settings.html),
            `<test-${engine.uuid()}@${engine.installationId}>`,
          );
          return { works: true };
        } catch (error) {
          return { works: false, reason: (error instanceof Error ? error.message : String(error)).slice(0, maxReason) };
        } finally {
          mailer.close();
        }
      },
    },
  },
};
