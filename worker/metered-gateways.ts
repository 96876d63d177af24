import { Histogram, type Registry } from 'prom-client';
import type { ConfiguredPair } from '../activities/dependencies';
import { OperatingFailure } from '../domain/failure-types';
import type { PairGateways } from '../gateways/ports';

type Labels = Readonly<{ pair: string; gateway: keyof PairGateways; site?: string }>;

/**
 * Measures every call of every pair's gateways by outcome: `ok`, the type of the failure, or `Unexpected` for what no
 * gateway may fail with. The gateways know nothing of it, and what they answer is passed on untouched.
 */
export function meteredPairs(
  sitePairs: ReadonlyMap<string, ConfiguredPair>,
  registry: Registry,
): ReadonlyMap<string, ConfiguredPair> {
  const calls = new Histogram({
    name: 'sitewarden_gateway_call_seconds',
    help: 'Time a call to the outside took, by outcome: ok, or the type of the failure.',
    labelNames: ['pair', 'gateway', 'site', 'method', 'outcome'],
    // Few: each bucket is a series for every pair, site and method. A read is given up after 2 s, a command after 5.
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers: [registry],
  });
  const metered = <Gateway extends object>(gateway: Gateway, labels: Labels): Gateway =>
    observed(gateway, (method, outcome, seconds) => calls.observe({ ...labels, method, outcome }, seconds));
  return new Map(
    [...sitePairs].map(([pair, configured]) => [
      pair,
      { ...configured, gateways: each(configured.gateways, pair, metered) },
    ]),
  );
}

function each(
  gateways: PairGateways,
  pair: string,
  metered: <Gateway extends object>(gateway: Gateway, labels: Labels) => Gateway,
): PairGateways {
  const bySite = <Gateway extends object>(
    gateway: 'replication' | 'health' | 'workload' | 'heuristics' | 'clocks' | 'alertmanagers',
    sites: Readonly<Record<string, Gateway>>,
  ) => Object.fromEntries(Object.entries(sites).map(([site, one]) => [site, metered(one, { pair, gateway, site })]));
  const byDevice = (devices: NonNullable<PairGateways['devices']>) =>
    Object.fromEntries(
      Object.entries(devices).map(([name, one]) => [name, metered(one, { pair, gateway: 'devices', site: one.site })]),
    );
  const observers = Object.entries(gateways.observers ?? {}).map(
    ([observer, one]) => [observer, metered(one, { pair, gateway: 'observers', site: observer })] as const,
  );
  return {
    traffic: metered(gateways.traffic, { pair, gateway: 'traffic' }),
    replication: bySite('replication', gateways.replication),
    health: bySite('health', gateways.health),
    siteTags: metered(gateways.siteTags, { pair, gateway: 'siteTags' }),
    workload: bySite('workload', gateways.workload),
    ...(gateways.devices && { devices: byDevice(gateways.devices) }),
    ...(gateways.heuristics && { heuristics: bySite('heuristics', gateways.heuristics) }),
    ...(gateways.clocks && { clocks: bySite('clocks', gateways.clocks) }),
    ...(gateways.alertmanagers && { alertmanagers: bySite('alertmanagers', gateways.alertmanagers) }),
    ...(gateways.observers && { observers: Object.fromEntries(observers) }),
  };
}

type Tell = (method: string, outcome: string, seconds: number) => void;

/** Every method is measured until its promise settles, or until what it tells one by one is told; a new one needs nothing here. */
function observed<Gateway extends object>(gateway: Gateway, tell: Tell): Gateway {
  return new Proxy(gateway, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name === 'symbol') return member;
      return (...args: unknown[]): unknown => {
        const startedMs = performance.now();
        const done = (outcome: string): void => tell(name, outcome, (performance.now() - startedMs) / 1_000);
        const failed = (error: unknown): void => done(error instanceof OperatingFailure ? error.type : 'Unexpected');
        const answer: unknown = Reflect.apply(member, target, args);
        if (isStream(answer)) return observedStream(answer, done, failed);
        if (answer instanceof Promise) answer.then(() => done('ok'), failed);
        return answer;
      };
    },
  });
}

/** Who stops taking has what they wanted: that is no failure. */
async function* observedStream(
  stream: AsyncIterable<unknown>,
  done: (outcome: string) => void,
  failed: (error: unknown) => void,
): AsyncGenerator {
  let failure: unknown;
  try {
    yield* stream;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (failure === undefined) done('ok');
    else failed(failure);
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
