import fc from 'fast-check';
import { leaseGraceMs, leasePlan, leaseSuffices } from '../../../domain/lease';

describe('the plan of a lease', () => {
  it('leaves the stop all its time, two seconds for a start to end, and clocks a tenth, before the lease ends', () => {
    expect(leasePlan({ leaseSeconds: 30, stopSeconds: 10 })).toEqual({
      watchdogAfterMs: 14_500,
      stopAfterMs: 13_500,
      renewEveryMs: 3_375,
    });
  });

  it('suffices only where several renewals fit before the stop', () => {
    expect(leaseSuffices({ leaseSeconds: 15, stopSeconds: 5 })).toBe(true);
    expect(leaseSuffices({ leaseSeconds: 15, stopSeconds: 11 })).toBe(false);
  });

  it('has the application stopped before another may start, whatever the lengths', () => {
    const lengths = fc.record({
      leaseSeconds: fc.integer({ min: 10, max: 3_600 }),
      stopSeconds: fc.integer({ min: 1, max: 600 }),
    });
    fc.assert(
      fc.property(lengths.filter(leaseSuffices), (length) => {
        const { renewEveryMs, stopAfterMs, watchdogAfterMs } = leasePlan(length);
        const runsAheadBy = 1.05;

        expect(renewEveryMs * 2).toBeLessThan(stopAfterMs);
        expect(stopAfterMs).toBeLessThan(watchdogAfterMs);
        expect(watchdogAfterMs + 2_000 + length.stopSeconds * 1_000).toBeLessThan(
          (length.leaseSeconds * 1_000) / runsAheadBy,
        );
      }),
    );
  });

  it("leaves somebody else's lease alone for a while after its end", () => {
    expect(leaseGraceMs(5)).toBe(1_000);
    expect(leaseGraceMs(60)).toBe(6_000);
  });
});
