import type { Attempted } from '../../domain/heuristics';
import { known } from '../../domain/observation';
import type { HeuristicsGateway } from '../../gateways/ports';
import { until } from '../../lab/until';
import { noHurry } from '../support/outcome';

/** A site with one check, `database`, that fails after two failures in a row. */
export interface HeuristicsTwin {
  gateway: HeuristicsGateway;
  /** What attempts come to from now on. */
  comesTo(attempted: Attempted): Promise<void>;
  /** Makes an attempt, where they are not made by themselves. */
  tick?(): void;
  close(): Promise<void>;
}

/** How a check stands, or why that is unknown. */
export async function stateOf(gateway: HeuristicsGateway, check = 'database'): Promise<string | undefined> {
  const reading = (await gateway.read(noHurry()))[check];
  return reading && (known(reading) ? reading.value : reading.unknown);
}

/** @param outcomes What attempts at this kind of check can come to. */
export function heuristicsContract(
  name: string,
  outcomes: readonly Attempted[],
  start: () => Promise<HeuristicsTwin>,
): void {
  describe(`heuristics: ${name}`, () => {
    let twin: HeuristicsTwin;

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    const states = { passed: 'passed', failed: 'failed', unknown: 'HeuristicUnknown' } as const;

    async function stateAfter(attempted: Attempted): Promise<string> {
      await twin.comesTo(attempted);
      const isIt = async () => {
        twin.tick?.();
        const state = await stateOf(twin.gateway);
        return state === states[attempted] ? state : undefined;
      };
      return until(isIt, { what: `the check to be ${attempted}`, withinSeconds: 20, everyMs: 10 });
    }

    it('passes, fails, and passes again, as its attempts do', async () => {
      expect(await stateAfter('passed')).toBe('passed');
      expect(await stateAfter('failed')).toBe('failed');
      expect(await stateAfter('passed')).toBe('passed');
    });

    it('is not failed before it failed so many times in a row', async () => {
      await twin.comesTo('failed');
      twin.tick?.();

      expect(await stateOf(twin.gateway)).toBe('HeuristicUnknown');
    });

    if (outcomes.includes('unknown')) {
      it('is unknown, and not failed, when it cannot be tried any more', async () => {
        expect(await stateAfter('passed')).toBe('passed');
        expect(await stateAfter('unknown')).toBe('HeuristicUnknown');
      });
    }

    it('answers at once when the time is up, and never fails', async () => {
      await expect(twin.gateway.read(AbortSignal.abort())).resolves.toHaveProperty('database');
    });
  });
}
