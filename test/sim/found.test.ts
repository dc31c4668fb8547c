/**
 * The record of what the simulator found: one test per defect, with the shrunk story that shows it. A defect is never taken off the list; its test
 * keeps it away.
 */
import t from 'tap';
import { at, play } from './play.ts';

t.test('a kubelet that was held while containerd hung is not blamed for what was seen meanwhile', async (t) => {
  const story = [at(60, { what: 'freeze', unit: 'containerd.service', forMs: null })];
  const { told, called } = await play(story, 62);
  t.same(called, [{ type: 'unit.kill', unit: 'containerd.service' }]);
  const opened = told.flatMap(({ transition }) =>
    transition.type === 'incident.opened' ? [transition.component] : [],
  );
  t.same(opened, ['containerd']);
});
