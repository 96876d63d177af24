import { MockActivityEnvironment } from '@temporalio/testing';
import { createArchiveReport } from '../../../activities/archive-report';
import type { Journal } from '../../../activities/dependencies';
import { fakeArchive } from '../../support/fake-archive';

describe('archiving a report', () => {
  const archive = fakeArchive();
  const told: unknown[] = [];
  const journal: Pick<Journal, 'commandEnded'> = {
    commandEnded: ({ commandId, outcome }) => void told.push([commandId, outcome]),
  };
  const dependencies = { archive, clock: { now: () => 1_000, monotonicMs: () => 0 }, journal };
  const document = { pair: 'demo', incident: 'demo-1', content: '{}' };
  const run = (environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 })) =>
    environment.run(createArchiveReport(dependencies), document);

  beforeEach(() => told.splice(0));

  it('answers a repeat with the receipt of the first time', async () => {
    const first = await run();

    expect(first).toMatchObject({ sequence: 1, location: 'memory:demo/000001.json' });
    await expect(run()).resolves.toEqual(first);
    expect((await archive.verify('demo')).links).toHaveLength(1);
    expect(told).toEqual([
      ['demo-1', 'accepted'],
      ['demo-1', 'accepted'],
    ]);
  });

  it('fails so that Temporal tries again while the archive is away', async () => {
    archive.down = true;

    await expect(run()).rejects.toMatchObject({ type: 'ArchiveUnavailable', nonRetryable: false });
    expect(told).toEqual([['demo-1', 'ArchiveUnavailable']]);
    archive.down = false;
  });

  it('ends when the run does not wait for it any more', async () => {
    const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 });
    environment.cancel('CANCELLED');

    await expect(run(environment)).rejects.toMatchObject({ type: 'ArchiveUnavailable' });
  });
});
