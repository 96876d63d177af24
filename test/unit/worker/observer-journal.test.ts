import { Registry } from 'prom-client';
import { createObserverJournal } from '../../../worker/observer/journal';
import { readableLog } from '../../support/log-lines';

const pair = 'keycloak-prod';

describe("an observer's journal", () => {
  function started() {
    const { logger, lines } = readableLog();
    const registry = new Registry();
    const said = () => lines.map(({ message }) => message);
    return { journal: createObserverJournal({ logger, registry, observer: 'third' }), said, lines, registry };
  }

  it('says what cannot be seen once, and once more when it is over', () => {
    const { journal, said } = started();
    const failed = { pair, what: 'site-b view', type: 'InfinispanUnreachable', message: 'No.' } as const;

    journal.readFailed(failed);
    journal.readFailed(failed);
    journal.readSucceeded(failed);
    journal.readSucceeded(failed);

    expect(said()).toEqual(['Not seen: site-b view. No.', 'Seen again: site-b view.']);
  });

  it('says what it noticed and whom it woke, and counts both', async () => {
    const { journal, said, lines, registry } = started();

    journal.looked({ pair, saw: 'partition' });
    journal.noticed({ pair, kind: 'partition', because: 'site-a does not see site-b', confirmations: 3 });
    journal.woke({ pair, kind: 'partition', status: 'firing', outcome: 'started', workflowId: 'site-pair/x' });
    journal.woke({ pair, kind: 'partition', status: 'resolved', outcome: 'NoOpenRun' });
    journal.answered({ pair, outcome: 'told' });

    expect(said()).toEqual([
      'Noticed: partition, site-a does not see site-b. 3 looks in a row wake the run.',
      'Woke the run: partition; started.',
      'Told the run that it is over: partition; NoOpenRun.',
    ]);
    expect(lines[1]).toMatchObject({ level: 'warn', pair, workflowId: 'site-pair/x' });
    const metrics = await registry.metrics();
    expect(metrics).toContain(`sitewarden_observer_looks_total{pair="${pair}",saw="partition"} 1`);
    expect(metrics).toContain(`sitewarden_observer_wakes_total{pair="${pair}",status="firing",outcome="started"} 1`);
    expect(metrics).toContain(`sitewarden_observer_answers_total{pair="${pair}",outcome="told"} 1`);
  });

  it('says once that Temporal does not take it, however often it is tried', () => {
    const { journal, said } = started();
    const failed = { pair, kind: 'partition', status: 'firing', error: new Error('down') } as const;

    journal.notWoken(failed);
    journal.notWoken(failed);
    journal.woke({ ...failed, outcome: 'started' });
    journal.notWoken(failed);

    expect(said().filter((line) => String(line).startsWith('Temporal did not take it'))).toHaveLength(2);
  });

  it('says what the check of its own network comes to when that changes, with what each target said', async () => {
    const { journal, said, lines, registry } = started();
    const silent = [{ target: '10.0.0.1', outcome: 'silent', says: 'no answer in time' }] as const;

    journal.round([{ target: '10.0.0.1', outcome: 'reached' }], 'connected');
    journal.round(silent, 'isolated');
    journal.round(silent, 'isolated');

    expect(said()).toEqual(['The own network is connected.', 'The own network is isolated.']);
    expect(lines[1]).toMatchObject({ level: 'warn', targets: [...silent] });
    const metrics = await registry.metrics();
    expect(metrics).toContain('sitewarden_observer_network{observer="third",look="isolated"} 1');
    expect(metrics).toContain('sitewarden_observer_network{observer="third",look="connected"} 0');
  });
});
