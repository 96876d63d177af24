import { createMetrics } from '../../../runtime/metrics';
import { createWorkerHealth, type QueueStates } from '../../../worker/health';
import { readableLog } from '../../support/log-lines';

// inject() loads `cookie`, an ES module, which Jest cannot load on Node 20. No test here sends or reads a cookie.
jest.mock('cookie', () => ({}));

const polling = { sitewarden: 'RUNNING', 'sitewarden-fence': 'RUNNING' };

describe("the worker's health page", () => {
  function get(path: string, queues: QueueStates = polling, temporalAnswers = async () => true) {
    const { logger } = readableLog();
    const server = createWorkerHealth({
      logger,
      registry: createMetrics('worker'),
      queues: () => queues,
      temporalAnswers,
    });
    return server.inject({ method: 'GET', url: path });
  }

  it('is ready when every queue is polled and Temporal answers', async () => {
    const answer = await get('/readyz');

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ready: true, queues: polling });
  });

  it('says everything that is missing, and what to do', async () => {
    const answer = await get('/readyz', { ...polling, 'sitewarden-fence': 'STOPPED' }, async () => false);

    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      ready: false,
      queues: { ...polling, 'sitewarden-fence': 'STOPPED' },
      error: 'Not ready: the queue sitewarden-fence is not polled (STOPPED), and Temporal does not answer.',
      next: 'Runs are guarded by another worker, or by nobody. Look at the log, and at Temporal.',
    });
  });

  it('is alive and shows its metrics while it is not ready', async () => {
    const nothing = async () => false;

    expect((await get('/healthz', {}, nothing)).statusCode).toBe(200);
    const metrics = await get('/metrics', {}, nothing);
    expect(metrics.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(metrics.body).toContain('process_start_time_seconds{process="worker"}');
  });
});
