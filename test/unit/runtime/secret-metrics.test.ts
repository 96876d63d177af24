import { Registry } from 'prom-client';
import { OperatingFailure } from '../../../domain/failure-types';
import { createSecretMetrics } from '../../../runtime/secret-metrics';
import { readableLog } from '../../support/log-lines';

const reference = 'aws:infinispan-site-a';
const failure = new OperatingFailure('SecretUnavailable', 'aws:infinispan-site-a could not be read.', {
  retryable: true,
});
const servedSince = Date.parse('2026-11-22T03:12:01Z');

describe("the secrets' metrics", () => {
  function started(clock = () => servedSince) {
    const { logger, lines } = readableLog();
    const registry = new Registry();
    return { ...createSecretMetrics({ logger, registry, clock }), lines, registry };
  }

  it('show how old each secret is, by its reference', async () => {
    let now = servedSince;
    const { show, registry } = started(() => now);
    show(() => [{ reference, fetchedAt: servedSince }]);
    now += 90_000;

    expect(await registry.metrics()).toContain('sitewarden_secret_age_seconds{reference="aws:infinispan-site-a"} 90');
  });

  it('a store that goes on failing is counted each time, and said when something is new', async () => {
    const { journal, lines, registry } = started();

    journal.fetchFailed({ reference, failure, servedSince });
    journal.fetchFailed({ reference, failure, servedSince });
    journal.rotated({ reference });
    journal.fetchFailed({ reference, failure });

    expect(lines.map(({ level, message }) => `${String(level)}: ${String(message)}`)).toEqual([
      'warn: A secret was not read. aws:infinispan-site-a could not be read. The one of 03:12:01 UTC is used on.',
      'info: A secret was rotated; the new one is used.',
      'warn: A secret was not read. aws:infinispan-site-a could not be read. There is none.',
    ]);
    const metrics = await registry.metrics();
    expect(metrics).toContain(`sitewarden_secret_fetch_failures_total{reference="${reference}",served="stale"} 2`);
    expect(metrics).toContain(`sitewarden_secret_fetch_failures_total{reference="${reference}",served="none"} 1`);
    expect(metrics).toContain(`sitewarden_secret_rotations_total{reference="${reference}"} 1`);
  });
});
