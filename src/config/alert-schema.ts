/** `alerts:` of the configuration file: every key, its bounds and what it means. */
import * as z from 'zod';
import { duration } from './duration-schema.ts';

const day = 86_400_000;

const absolutePath = z.string().max(4_096).regex(/^\//, 'expected an absolute path');
const url = z.url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' }).max(2_048);
const secret = (what: string) =>
  z
    .string()
    .max(4_096)
    .regex(
      /^(\/|credential:[A-Za-z0-9_.-]{1,255}$)/,
      'expected an absolute path, or credential:NAME for one of systemd',
    )
    .describe(`file with ${what}, or credential:NAME`);
// No line end and nothing else that could begin another header.
const address = z
  .string()
  .max(320)
  .regex(
    /^[^\p{Cc}\s<>,;:"()[\]\\@]+@[^\p{Cc}\s<>,;:"()[\]\\@]+$/u,
    'expected a mail address, such as oncall@example.org',
  );
const ca = absolutePath.optional().describe('file with the certificates to trust');

export const alertTarget = z
  .strictObject({
    alertmanager: z
      .strictObject({
        url: url.describe('where Alertmanager listens, without /api'),
        token: secret('a bearer token').optional(),
        ca,
      })
      .optional()
      .describe('Alertmanager, by version 2 of its API'),
    webhook: z
      .strictObject({
        url: url.optional().describe('where a JSON document is posted'),
        urlFrom: secret('that URL, when it is a secret itself').optional(),
        token: secret('a bearer token').optional(),
        ca,
      })
      .optional()
      .describe('post a JSON document'),
    mail: z
      .strictObject({
        server: z
          .url({ protocol: /^smtps?$/, error: 'expected smtp://HOST:PORT or smtps://HOST:PORT' })
          .max(300)
          .describe('SMTP server; with smtp:// STARTTLS is used where it is offered'),
        from: address.describe('sender'),
        to: z.array(address).min(1).max(20).describe('receivers'),
        user: z.string().min(1).max(256).optional().describe('name to log in with; only over TLS'),
        password: secret('the password').optional(),
        ca,
      })
      .optional()
      .describe('send a mail'),
    command: z
      .array(z.string().max(4_096))
      .min(1)
      .max(64)
      .refine((words) => words[0]?.startsWith('/') === true, {
        message: 'expected an absolute path as the first word; there is no shell',
      })
      .optional()
      .describe('run this command; NODEMEND_TEXT has the message in one line, NODEMEND_NOTICE the JSON document'),
    severity: z.enum(['info', 'warn', 'error']).default('warn').describe('the least severity that is told'),
    reasons: z
      .array(
        z
          .string()
          .regex(/^([a-z-]+\.[a-z-]+|[a-z-]+\.\*|\*)$/, 'expected a reason such as unit.crashed, or unit.*, or *'),
      )
      .min(1)
      .max(100)
      .default(['*'])
      .describe('the reasons that are told: codes, or unit.* for all of a kind'),
    wait: duration(0, 600_000, 'how long news is gathered into one message').default('10s'),
    repeat: duration(
      10_000,
      7 * day,
      'after how long it is told again that something lasts; default: 1m for Alertmanager, else 4h',
    ).optional(),
  })
  .describe('one place to tell; exactly one of alertmanager, webhook, mail, command');

export const alertKinds = ['alertmanager', 'webhook', 'mail', 'command'] as const;

export type AlertTargetConfig = z.infer<typeof alertTarget>;
