import { Registry } from 'prom-client';
import type { Look } from '../../../activities/dependencies';
import { createJournal } from '../../../worker/journal';
import { readableLog } from '../../support/log-lines';

describe("the worker's journal", () => {
  function started() {
    const { logger, lines } = readableLog();
    const registry = new Registry();
    return { journal: createJournal({ logger, registry, monotonicMs: () => 0 }), lines, registry };
  }

  it('says a failing read once, and once more when it is over; every command with its ids', async () => {
    const { journal, lines, registry } = started();
    const failed = {
      pair: 'keycloak-prod',
      what: 'site-b view',
      type: 'InfinispanUnreachable',
      message: 'No.',
    } as const;

    journal.readFailed(failed);
    journal.readFailed(failed);
    journal.readSucceeded(failed);
    journal.readSucceeded(failed);
    journal.commandEnded({
      pair: 'keycloak-prod',
      commandId: 'incident-1/1/1',
      command: 'remove site-b',
      outcome: 'accepted',
      message: '',
    });

    expect(lines.map(({ message }) => message)).toEqual([
      'Not read: site-b view. No.',
      'Read again: site-b view.',
      'Accepted: remove site-b. Only a later read proves it.',
    ]);
    expect(lines[2]).toMatchObject({
      pair: 'keycloak-prod',
      workflowId: 'site-pair/keycloak-prod',
      command: 'incident-1/1/1',
    });
    const metrics = await registry.metrics();
    expect(metrics).toContain('sitewarden_commands_total{pair="keycloak-prod",outcome="accepted"} 1');
    expect(metrics).toContain('type="InfinispanUnreachable"} 2');
  });

  it('never fails: what cannot be journalled is said, and stops no fence', () => {
    const { journal, lines } = started();

    expect(() => journal.assessed({ pair: 'keycloak-prod' } as Look)).not.toThrow();
    expect(lines.map(({ message }) => message)).toEqual([
      'Something could not be journalled; the run is not touched by it.',
    ]);
  });
});
