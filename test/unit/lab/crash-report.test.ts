import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyTheLabStops } from '../../../lab/crash-report';
import { PartCrashed, Processes } from '../../../lab/processes';
import { tiers } from '../../../lab/tiers';
import { temporaryFolder } from '../../support/temporary-folder';

describe('a part of the lab that somebody killed', () => {
  let folder: string;
  let processes: Processes;

  beforeEach(() => {
    folder = temporaryFolder();
    processes = new Processes(folder);
  });

  afterEach(async () => {
    await processes.stopTier(tiers.sitewarden);
    processes.end();
  });

  it('is named last, with the signal, the place of its log and the next step', async () => {
    const args = ['-c', 'echo working; exec sleep 600'];
    const worker = { name: 'worker', tier: tiers.sitewarden, program: 'sh', args, readyWithinSeconds: 10 };
    const part = await processes.start({ ...worker, ready: async () => workerLog().includes('working') });
    part.signal('SIGKILL');

    const error = await processes.crashed.catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(PartCrashed);
    expect(whyTheLabStops(error as PartCrashed).split('\n')).toEqual([
      '',
      'working',
      '',
      'The lab stops: worker was ended by SIGKILL, and nothing here starts it again. Above are the last lines of its log:',
      `  ${join(folder, 'worker.log')}`,
      'Start the lab again with: npm run lab',
    ]);
  });

  function workerLog(): string {
    return readFileSync(join(folder, 'worker.log'), 'utf8');
  }
});
