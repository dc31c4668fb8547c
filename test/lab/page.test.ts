/** The status page in a real Chromium: first before a stand-in of the agent that shows every state, then on a node that really fails. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { createHttp } from '../../src/serve/http.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { etcdView } from '../serve/etcd-stand-in.ts';
import { backup, component, createStandIn, incident, leader, notReady, server } from '../serve/stand-in.ts';
import { barriers, type Chromium, keepPicture, openChromium } from './harness/browser.ts';
import { labTest, skipWithoutLab } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { nowMs, strike } from './harness/strike.ts';
import { bootWorker } from './harness/worker.ts';

const troubled = {
  ready: notReady,
  pause: { untilMs: 2_000_000, text: 'new disk' },
  components: [
    component('containerd', {
      restarts: { nodemend: 1, systemd: 2, other: 0 },
      probes: [
        {
          name: 'version',
          role: 'vote',
          verdict: 'healthy',
          reason: 'probe.ok',
          detail: '',
          ageMs: 900,
          durationMs: 4,
          recent: [
            { verdict: 'unhealthy', durationMs: 2_000 },
            { verdict: 'unknown', durationMs: 300 },
            { verdict: 'healthy', durationMs: 4 },
          ],
        },
      ],
    }),
    component('kubelet', {
      phase: 'mending',
      reason: 'restart.hung',
      incident: { id: 'incident-1', reason: 'probe.timeout', sinceMs: 970_000 },
      ladder: ['restart', 'kill', 'reboot'],
      deed: { remedy: 'kill', stage: 'verifying', sinceMs: 998_000, untilMs: 1_014_000 },
    }),
    component('etcd', { phase: 'paused', pause: { untilMs: 1_120_000, text: 'new kernel' } }),
  ],
  leaders: [leader(), leader({ name: 'kube-controller-manager', verdict: 'wedged', reason: 'leader.wedged' })],
  apiservers: [server(), server({ server: 'https://10.0.0.2:6443', state: 'failing', rotates: false })],
  etcd: etcdView,
  backups: [
    backup(),
    backup({ name: 'cluster', item: 'schedule/daily', verdict: 'stale', reason: 'freshness.stale' }),
    backup({ name: 'cluster', item: 'location/default', verdict: 'waiting', reason: 'freshness.waiting' }),
  ],
} as const;

async function openPage(
  chromium: Chromium,
  url: string,
  options: Parameters<Chromium['browser']['newPage']>[0],
): Promise<Page> {
  const page = await chromium.browser.newPage(options);
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return page;
}

t.test(
  'every state of the page, on a phone and on a wall, by keyboard and without a script',
  { skip: skipWithoutLab(), timeout: 300_000 },
  async (t) => {
    const source = createStandIn(troubled);
    source.setIncidents([
      incident('incident-1', { closedWallMs: null, recovered: null, durationMs: null }),
      incident('incident-0'),
    ]);
    const http = createHttp(source, createMetrics());
    const url = `http://127.0.0.1:${await http.listen('127.0.0.1:0')}/`;
    const chromium = await openChromium();
    t.teardown(() => chromium.close());
    t.teardown(() => http.close());

    const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'light' } as const;
    const wall = { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' } as const;
    for (const [name, options] of Object.entries({ phone, wall })) {
      const page = await openPage(chromium, url, options);
      t.same(await barriers(page), [], `nothing is in anybody's way on a ${name}`);
      t.equal(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        true,
        `the ${name} shows its whole width`,
      );
      await keepPicture(page, name);
      await page.close();
    }

    const page = await openPage(chromium, url, wall);
    await page.locator('#incidents summary').first().focus();
    await page.keyboard.press('Enter');
    source.show({
      ready: { ready: true, reason: 'node.ready', detail: '', sinceMs: 999_000 },
      components: [component('kubelet')],
    });
    source.tell({ wallMs: 1, transition: { type: 'node.ready', ready: true, reason: 'node.ready', detail: '' } });
    await page.locator('h1', { hasText: 'worker-1 is ready' }).waitFor();
    t.equal(await page.title(), 'worker-1: ready - nodemend');
    t.equal(await page.locator('#under-way article').count(), 0, 'what is over is gone');
    t.equal(await page.locator('#incidents details[open]').count(), 1, 'what was opened stays open');
    t.match(await page.evaluate('document.activeElement.id'), /^summary-incident-/, 'and keeps the focus');
    t.ok(await page.locator('.lost').isHidden());

    const plain = await openPage(chromium, url, { javaScriptEnabled: false });
    source.show({ ready: notReady });
    await plain.locator('h1', { hasText: 'worker-1 is not ready' }).waitFor();
    t.pass('without a script it loads itself anew');

    await http.close();
    await page.locator('.lost').waitFor();
    t.match(await page.locator('.lost').innerText(), /does not answer/);
  },
);

labTest('the page tells of a crash by itself, as soon as it happens', async (t, lab) => {
  const worker = await bootWorker(lab);
  const chromium = await openChromium(worker.node);
  t.teardown(() => chromium.close());
  const page = await chromium.browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);
  // Only events are left to change it.
  await page.addInitScript('globalThis.setInterval = () => 0');
  await page.goto('http://127.0.0.1:9745/');
  t.equal(
    await page
      .locator('.card h3')
      .filter({ hasText: /^(containerd|docker|kubelet)$/ })
      .count(),
    3,
  );
  const before = await page.locator('#incidents details').count();
  const { atMs } = await strike(worker.node, 'kubelet.service', 'SIGKILL');
  await page.locator('#incidents details').nth(before).waitFor({ state: 'attached' });
  say(`the page shows the crash ${Math.round(nowMs() - atMs)} ms after it`);
  await worker.awaitHealthy(60_000);
  await page.reload();
  t.match(await page.locator('#incidents summary').first().innerText(), /kubelet, recovered after .* unit\.crashed/);
  t.match(await page.locator('.card', { hasText: 'kubelet.service' }).innerText(), /1 by nodemend/);
  await page.locator('#incidents summary').first().click();
  t.same(await barriers(page), []);
  await keepPicture(page, 'after-a-crash');
});
