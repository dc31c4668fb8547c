/** The rows of the table of what can happen in a scenario, read from the schemas of its events. */
import * as z from 'zod';
import { bounded, events, verbs } from '../../src/config/scenario-schema.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const code = (text: string): string => `\`${text}\``;

export function eventRows(): string[][] {
  return verbs.map((verb) => {
    const { properties = {}, required = [] } = z.toJSONSchema(events[verb], { io: 'input' }) as Schema;
    const meaning = properties[verb]?.description;
    if (meaning === undefined) throw new Error(`nothing says what ${verb} means`);
    const beside = Object.keys(properties)
      .filter((key) => !['at', verb, 'for', 'until'].includes(key))
      .map((key) => (required.includes(key) ? code(key) : `${code(key)} (may be left out)`));
    const lasts = bounded.has(verb) ? 'yes' : properties['for'] === undefined ? 'no' : 'may';
    return [code(verb), beside.join(', '), lasts, meaning];
  });
}
