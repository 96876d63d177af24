import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../worker/bundle';

/**
 * One recorded history per outcome (`npm run golden:record`). A change of workflow code that breaks one would park runs that
 * are open while it is deployed: it needs `patched()` and a word in the changelog.
 */
const folder = join(__dirname, 'histories');
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const outcomes = [
  'fenced-then-aborted',
  'site-down',
  'refused',
  'refused-then-fenced',
  'nothing-to-do',
  'restored',
  'requested-on-a-whole-link',
  'half-fence-adopted',
  'fence-adopted',
  'detach-failed-first',
  'kept-site-vanished',
  'kept-site-restarted',
  'removed-again',
  'drained',
  'odd-signals',
  'cancelled',
  'aborted-before-removal',
  'site-out-already',
  'restore-not-permitted',
  'search-attributes',
  'swapped',
  'stale-site-admitted',
  'paused-then-fenced',
  'pause-over',
  'shadowed',
  'went-on-under-a-new-history',
  'carried-over',
  'online',
  'cut-again',
  'fenced-anew',
  'fenced-by-device',
  'offline',
  'unhealthy-then-online',
  'waited-for-a-comparison',
];

interface HistoryJson {
  events: {
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    workflowTaskCompletedEventAttributes?: { sdkMetadata?: { coreUsedFlags?: number[] } };
  }[];
}

/** The run's pair is in its id, so it has to replay under the id it had. */
function workflowIdOf({ events }: HistoryJson): string {
  return events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? 'missing';
}

function historyOf(file: string): HistoryJson {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as HistoryJson;
}

describe('golden histories', () => {
  let options: Parameters<typeof Worker.runReplayHistory>[0];
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    options = {
      workflowBundle: await bundleWorkflows(),
      dataConverter: { payloadConverterPath: require.resolve('../../workflows/contract/payload-converter') },
    };
  });

  it('are there for every outcome', () => {
    expect(files.sort()).toEqual(outcomes.map((outcome) => `site-pair-run.${outcome}.json`).sort());
  });

  it.each(files)('%s replays', async (file) => {
    const history = historyOf(file);

    await expect(Worker.runReplayHistory(options, history, workflowIdOf(history))).resolves.toBeUndefined();
  });

  it('carry the flags without which the SDK would not notice a changed activity', () => {
    const flagged = files.filter((file) =>
      historyOf(file).events.some(({ workflowTaskCompletedEventAttributes: done }) => done?.sdkMetadata?.coreUsedFlags),
    );

    expect(flagged).toEqual(files);
  });

  it('notice a change: a history that does not belong to the code does not replay', async () => {
    const history = JSON.stringify(historyOf('site-pair-run.fenced-then-aborted.json'));
    const changed = JSON.parse(history.replaceAll('"assessPair"', '"somethingElse"')) as HistoryJson;

    await expect(Worker.runReplayHistory(options, changed, workflowIdOf(changed))).rejects.toThrow(/[Dd]etermin/);
  });
});
