/** How times are distributed: every one of them a point on a logarithmic axis, since a crash and a hang lie three powers of ten apart. */
import { html, type Markup } from '../../markup/html.ts';
import { formatMs, type Times } from './summary.ts';

const [width, height, left, right] = [720, 90, 20, 20];
const axisY = 62;
/** The axis: 10 ms to 1000 s. */
const [fromMs, toMs] = [10, 1_000_000];
const ticksMs = [10, 100, 1_000, 10_000, 100_000, 1_000_000];

function xOf(ms: number): number {
  const clamped = Math.min(toMs, Math.max(fromMs, ms));
  const share = Math.log(clamped / fromMs) / Math.log(toMs / fromMs);
  return Math.round((left + share * (width - left - right)) * 10) / 10;
}

/** Points that would lie on each other are piled up. */
function placePoints(sortedMs: readonly number[]): readonly Markup[] {
  const piles = new Map<number, number>();
  return sortedMs.map((ms) => {
    const column = Math.round(xOf(ms) / 7) * 7;
    const below = piles.get(column) ?? 0;
    piles.set(column, below + 1);
    return html`<circle cx="${column}" cy="${axisY - 6 - Math.min(below, 7) * 6.5}" r="3"><title>${formatMs(ms)}</title></circle>`;
  });
}

export function renderDistribution(title: string, times: Times | null): Markup {
  if (times === null) return html`<p class="quiet">${title}: nothing was measured.</p>`;
  const ticks = ticksMs.map((ms) => {
    const x = xOf(ms);
    return html`<line x1="${x}" x2="${x}" y1="${axisY}" y2="${axisY + 5}"/><text x="${x}" y="${axisY + 18}">${formatMs(ms)}</text>
`;
  });
  const told = `${title}: ${times.sortedMs.length} times, median ${formatMs(times.medianMs)}, slowest ${formatMs(times.slowestMs)}`;
  return html`<figure><figcaption>${told}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${told}">
<line x1="${left}" x2="${width - right}" y1="${axisY}" y2="${axisY}"/>
${ticks}${placePoints(times.sortedMs)}
</svg></figure>`;
}
