/**
 * A store in a process of its own: `node writer.ts DIRECTORY`. `save N` saves state N and answers how the store stands, `load` what was there at the
 * start, `race` saves states for ever and tells each one that was confirmed to be durable.
 */
import { createInterface } from 'node:readline';
import type { Event } from '../../src/core/event.ts';
import { openStore } from '../../src/store/store.ts';
import { numberOf, opened, stateNumber } from './stage.ts';

const nobody = 65_534;
if (process.env['AS_NOBODY'] === '1' && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}

const answer = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const events: Event[] = [];
const store = openStore(process.argv[2] ?? '', (event) => events.push(event));
const loaded = store.load();

async function save(serial: number): Promise<void> {
  store.save(stateNumber(serial), serial, [opened(`incident-${serial}`)]);
  const durable = await store.durable();
  answer({ serial, durable, behind: store.isBehind(), detail: store.detail(), events: events.splice(0) });
}

async function race(): Promise<never> {
  for (let serial = (numberOf(loaded.state) ?? 0) + 1; ; serial += 1) {
    store.save(stateNumber(serial), serial, [opened(`incident-${serial}`)]);
    if (await store.durable()) process.stdout.write(`${serial}\n`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, number] = line.split(' ');
  if (word === 'save') await save(Number(number));
  else if (word === 'race') await race();
  else answer({ number: numberOf(loaded.state), health: loaded.health, detail: loaded.detail });
}
