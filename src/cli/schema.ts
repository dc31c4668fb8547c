/** `nodemend schema`: the JSON Schema of the configuration, for editors. */
import { jsonSchema } from '../config/schema.ts';
import { exitStatus, type Io } from './io.ts';

export async function schema(_options: object, io: Io): Promise<number> {
  io.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return exitStatus.fine;
}
