/** Kinds of values that stand in several places of the configuration. */
import * as z from 'zod';

export const path = z.string().max(4_096).regex(/^\//, 'expected an absolute path');
export const argv = z
  .array(z.string().max(4_096))
  .min(1)
  .max(64)
  .refine((words) => words[0]?.startsWith('/') === true, {
    message: 'expected an absolute path as the first word; there is no shell',
  });
export const url = z
  .url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' })
  .max(2_048);
export const listen = z
  .string()
  .max(300)
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):\d{1,5}$/, 'expected HOST:PORT, such as 0.0.0.0:9745');
export const unitName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_.\\@-]+\.service$/, 'expected the name of a systemd service, such as haproxy.service');
