/**
 * A checksum before each row of the state. SQLite finds damage to its own structure; a flipped bit inside of a text it hands out as it is, and a state
 * with a wrong letter in it must never come into force.
 */
import { crc32 } from 'node:zlib';

const digits = 8;

const sumOf = (json: string): string => crc32(json).toString(16).padStart(digits, '0');

/** The value as the text to store. */
export function seal(value: unknown): string {
  const json = JSON.stringify(value);
  return sumOf(json) + json;
}

/** The JSON that was sealed. Throws when it is not as it was. */
export function unseal(text: string): string {
  const json = text.slice(digits);
  if (text.slice(0, digits) !== sumOf(json)) throw new Error('the checksum of a row is wrong');
  return json;
}
