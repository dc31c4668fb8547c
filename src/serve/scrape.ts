/** /metrics: Prometheus' text format, or OpenMetrics for a client whose Accept header asks for it. */
import type { FastifyInstance } from 'fastify';
import { everyReply } from './headers.ts';
import { type Metrics, toOpenMetrics } from './metrics.ts';
import type { ServeSource } from './view.ts';

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';
const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export function registerScrape(app: FastifyInstance, source: ServeSource, metrics: Metrics): void {
  app.get('/metrics', async (request, reply) => {
    const text = await metrics.render(source.view());
    const asksForOpen = (request.headers.accept ?? '').includes('application/openmetrics-text');
    reply.headers({ ...everyReply, Vary: 'Accept' }).type(asksForOpen ? openMetricsType : prometheusType);
    return asksForOpen ? toOpenMetrics(text) : text;
  });
}
