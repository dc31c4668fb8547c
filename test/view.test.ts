import t from 'tap';
import { initialState } from '../src/core/state.ts';
import { createViewer, type Surroundings } from '../src/view.ts';

const around: Surroundings = {
  name: 'worker-1',
  version: '0.1.0',
  commit: 'abc1234',
  startedWallMs: 1_000,
  wallMs: 5_000,
  stopping: false,
  storeDetail: '',
  config: { ok: true, loadedWallMs: 1_000, detail: '' },
  alerts: [],
  lastTurnAtMs: 90,
};

t.test('a node without a configuration in force has the name of its host', async (t) => {
  const state = initialState();
  t.equal(createViewer()(state, 100, around).node, 'worker-1');
  const named = { ...state, node: { ...state.node, name: 'edge-7' } };
  t.equal(createViewer()(named, 100, around).node, 'edge-7');
});
