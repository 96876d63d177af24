/** Locks in files under everything that can happen to their holders, on two machines whose clocks differ. */
import fc from 'fast-check';
import { leasePlan } from '../../domain/lease';
import { createFileLocks } from '../../gateways/lock/file';
import type { LockLease } from '../../gateways/ports';
import { noHurry } from '../support/outcome';
import { temporaryFolder } from '../support/temporary-folder';

const lengths = { leaseSeconds: 20, stopSeconds: 5 };
const plan = leasePlan(lengths);

interface Machine {
  skewMs: number;
  lease?: LockLease;
  /** By the true time, which none of them knows. */
  fromMs: number;
}

const happenings = fc.oneof(
  fc.record({ acquire: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ renew: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ release: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ passMs: fc.integer({ min: 0, max: 15_000 }) }),
);

describe('two holders of a lock in files', () => {
  it('never overlap, whatever happens in whatever order, while clocks differ by less than half the grace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happenings, { maxLength: 30 }),
        fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 3, maxLength: 3 }),
        async (happened, skews) => {
          const folder = temporaryFolder();
          let trueMs = 1_700_000_000_000;
          const machines = skews.map((skewMs): Machine => ({ skewMs, fromMs: 0 }));
          const locks = machines.map(({ skewMs }) => createFileLocks({ folder, now: () => trueMs + skewMs }));
          const ask = (index: number) => ({ name: 'lock', owner: `site-${index}`, leaseSeconds: lengths.leaseSeconds });
          const mayRun = ({ lease, fromMs }: Machine) =>
            lease !== undefined && trueMs - fromMs < plan.watchdogAfterMs + lengths.stopSeconds * 1_000;
          let greatest = 0;

          for (const one of happened) {
            if ('passMs' in one) trueMs += one.passMs;
            if ('acquire' in one) {
              const machine = machines[one.acquire]!;
              const answer = await locks[one.acquire]!.tryAcquire(ask(one.acquire), noHurry());
              if ('lease' in answer) {
                expect(answer.lease.token).toBeGreaterThanOrEqual(greatest);
                greatest = answer.lease.token;
                Object.assign(machine, { lease: answer.lease, fromMs: trueMs });
              }
            }
            if ('renew' in one && machines[one.renew]?.lease) {
              const machine = machines[one.renew]!;
              const renewed = await locks[one.renew]!.renew(machine.lease!, noHurry()).then(
                () => true,
                () => false,
              );
              if (renewed) machine.fromMs = trueMs;
            }
            if ('release' in one && machines[one.release]?.lease) {
              const machine = machines[one.release]!;
              await locks[one.release]!.release(machine.lease!, noHurry());
              machine.lease = undefined;
            }
            expect(machines.filter(mayRun).length).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
