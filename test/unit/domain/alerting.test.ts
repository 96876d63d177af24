import { firingAlerts, heardInOrder, isFiring } from '../../../domain/alerting';
import type { Known } from '../../../domain/state';
import { now } from '../../support/observations';
import { heardAlert, protecting } from '../../support/run-states';

const stableSeconds = 60;

describe('a firing alert', () => {
  it.each<[string, Partial<Known>, boolean]>([
    ['the link was never read whole', {}, true],
    ['the link was whole for less than stableSeconds', { linkWholeSince: now - 59_999 }, true],
    ['the link has been whole for stableSeconds', { linkWholeSince: now - 60_000 }, false],
    ['the link is not read now', { linkWholeSince: now - 90_000, linkUnknownSince: now - 1_000 }, true],
  ])('%s', (_case, known, expected) => {
    const state = protecting();

    const firing = isFiring(
      heardAlert('site-a', { lastHeardAt: now - 90_000 }),
      { ...state, known: { ...state.known, ...known } },
      stableSeconds,
      now,
    );

    expect(firing).toBe(expected);
  });

  it('keeps the run awake for stableSeconds after it was last heard', () => {
    const state = protecting('site-a', { lastHeardAt: now - 59_999 });
    const known = { ...state.known, linkWholeSince: now - 3_600_000 };

    expect(firingAlerts({ ...state, known }, stableSeconds, now)).toHaveLength(1);
    expect(firingAlerts({ ...state, known }, stableSeconds, now + 1)).toHaveLength(0);
  });

  it('ends with its resolved', () => {
    expect(isFiring(heardAlert('site-a', { status: 'resolved' }), protecting(), stableSeconds, now)).toBe(false);
  });

  it('is told from others by the order in which they were first heard', () => {
    const state = protecting();
    const alerts = { x: heardAlert('site-a', { order: 1 }), y: heardAlert('site-b', { order: 0 }) };

    const inOrder = heardInOrder({ ...state, heard: { ...state.heard, alerts } });

    expect(inOrder.map(({ reporter }) => reporter)).toEqual(['site-b', 'site-a']);
  });
});
