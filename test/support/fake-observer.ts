import { createSee, type ObserverView } from '../../activities/see';
import { OperatingFailure } from '../../domain/failure-types';
import type { Sighting } from '../../domain/sighting';
import type { ObserverGateway } from '../../gateways/ports';
import type { FakeWorld } from './fake-world';

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
const journal = { readFailed: () => undefined, readSucceeded: () => undefined };

/** How an observer stands, and what it makes of it. */
export interface Standing {
  /** It is not there. */
  gone?: boolean;
  /** It takes so long for an answer. */
  slowMs?: number;
  /** What it tells in place of what it saw. */
  tells?: (saw: Sighting) => unknown;
  /** Sites to which no road leads from where it stands. */
  cutFrom?: readonly string[];
}

/** What the observer's own process does with a question, over a fake world. */
export function observerOver(world: FakeWorld, pair: string, standing: Standing): () => Promise<unknown> {
  const see = createSee({ views: new Map([[pair, viewOf(world, pair, standing)]]), clock, journal });
  return async () => {
    const saw = await see({ pair });
    if (standing.slowMs) await new Promise((resolve) => setTimeout(resolve, standing.slowMs));
    return standing.tells ? standing.tells(saw) : saw;
  };
}

function viewOf(world: FakeWorld, pair: string, standing: Standing): ObserverView {
  const { replication, health } = world.gateways();
  const roadTo = (site: string): void => {
    if (standing.cutFrom?.includes(site)) {
      throw new OperatingFailure('InfinispanUnreachable', 'No road leads there.', { retryable: true });
    }
  };
  return {
    pair,
    sites: world.sites,
    replication: Object.fromEntries(
      world.sites.map((site) => [
        site,
        {
          readView: async (signal: AbortSignal) => {
            roadTo(site);
            return replication[site]!.readView(signal);
          },
        },
      ]),
    ),
    health: Object.fromEntries(
      world.sites.map((site) => [
        site,
        {
          probe: async (signal: AbortSignal) => {
            roadTo(site);
            return health[site]!.probe(signal);
          },
        },
      ]),
    ),
    network: () => ({ unknown: 'NotObserved', at: clock.now() }),
  };
}

/** An observer whom no Temporal stands before; what it does not tell comes as the real gateway says it. */
export function fakeObserver(world: FakeWorld, standing: Standing = {}): ObserverGateway {
  const ask = observerOver(world, 'a-pair', standing);
  return {
    async see(signal) {
      if (standing.gone || signal.aborted) throw failed('ObserverSilent');
      const told = (await ask()) as Sighting | undefined;
      if (signal.aborted) throw failed('ObserverSilent');
      if (!told || !world.sites.every((site) => told.sites?.[site])) throw failed('ObserverAnswerUnreadable', false);
      if (Math.abs(Date.now() - told.seenAt) > 30_000) throw failed('ObserverOutOfDate');
      return told;
    },
  };
}

function failed(type: OperatingFailure['type'], retryable = true): OperatingFailure {
  return new OperatingFailure(type, 'as the fake observer was told', { retryable });
}
