/**
 * The script of the status page; its hash is in the Content-Security-Policy, so it is used as it stands. With each event of the stream, and now and
 * then without one, it fetches the page anew and exchanges the sections that differ; what was opened stays open, and what had the focus keeps it.
 */
export const pageScript = `
(() => {
  const lost = document.querySelector('.lost');
  let planned = null;
  let renewedAt = performance.now();

  function exchange(fresh) {
    const shown = document.getElementById(fresh.id);
    for (const open of shown.querySelectorAll('details[open]')) fresh.querySelector('#' + CSS.escape(open.id))?.setAttribute('open', '');
    if (shown.innerHTML === fresh.innerHTML) return;
    const focused = shown.contains(document.activeElement) ? document.activeElement.id : '';
    shown.replaceChildren(...fresh.childNodes);
    if (focused !== '') document.getElementById(focused)?.focus();
  }

  async function renew() {
    planned = null;
    try {
      const reply = await fetch('/', { signal: AbortSignal.timeout(5000) });
      if (!reply.ok) throw new Error('status ' + reply.status);
      const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
      renewedAt = performance.now();
      document.title = fresh.title;
      fresh.querySelectorAll('main > section').forEach(exchange);
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  }

  const plan = () => { planned ??= setTimeout(renew, 50 + 200 * Math.random()); };
  const events = new EventSource('/api/v1/events');
  events.addEventListener('transition', plan);
  events.addEventListener('error', plan);
  setInterval(() => { if (!document.hidden) plan(); }, 5000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) plan(); });
  setInterval(() => {
    for (const left of document.querySelectorAll('[data-left-ms]')) {
      left.textContent = Math.max(0, Math.ceil((left.dataset.leftMs - (performance.now() - renewedAt)) / 1000)) + ' s';
    }
  }, 1000);
})();
`;
