import type { RunState } from '../domain/state';
import { Inbox } from '../workflows/inbox';
import { runInAFence } from './a-run';
import { bytes, type Comparison } from './measure';

const size = (state: RunState): number => Buffer.byteLength(JSON.stringify(state));

/** What a run carries from one execution to the next, after so many different alerts. */
function sizeAfter(alerts: number): number {
  const { state, now } = runInAFence();
  const inbox = new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined });
  for (let index = 0; index < alerts; index++) {
    inbox.alert({
      fingerprint: index.toString(16).padStart(16, '0'),
      status: 'firing',
      alertname: 'SiteOffline',
      site: 'site-b',
      reporter: 'site-a',
      startsAt: '2026-11-22T03:12:01.123Z',
    });
  }
  return size(state);
}

/** Growth by one alert, and that a flood of them does not grow the state for ever. */
export async function stateSize(): Promise<Comparison[]> {
  const [none, ten, flood] = [sizeAfter(0), sizeAfter(10), sizeAfter(10_000)];
  return [
    {
      what: 'state of a run, growth by one alert',
      measured: bytes((ten - none) / 10),
      against: 'state of the run without it',
      baseline: bytes(none),
      ratio: (ten - none) / 10 / none,
    },
    {
      what: 'state after 10,000 alerts',
      measured: bytes(flood),
      against: 'state after 10',
      baseline: bytes(ten),
      ratio: flood / ten,
    },
  ];
}
