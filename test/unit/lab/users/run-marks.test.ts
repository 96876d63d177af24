import { marksOfFence, marksOfWayBack } from '../../../../lab/users/run-marks';

const milestone = (seconds: number, what: string) => ({ what, seconds, knownBy: 'somebody' });

describe('the marks of an incident', () => {
  it('of a fence are the alert, the end of its traffic, and the proof', () => {
    const milestones = [
      milestone(2.3, 'site-a no longer sees the other'),
      milestone(3.1, 'alert SiteOffline fires'),
      milestone(3.9, 'endpoint removed'),
      milestone(4.4, 'both re-read and proved'),
    ];

    expect(marksOfFence({ cutAt: 1_000, milestones })).toEqual([
      { what: 'alert', at: 4_100, minor: true },
      { what: 'out of traffic', at: 4_900, minor: true },
      { what: 'fenced', at: 5_400 },
    ]);
  });

  it('of the way back are those that the run noted', () => {
    const timeline = [
      { at: 1, what: 'synchronize af600763: 2 entries will be discarded, approved by root@vm' },
      { at: 2, what: 'site-b is empty: 4 caches' },
      { at: 3, what: 'pushed: 4 caches' },
      { at: 4, what: 'site online 354e93c7: approved by unattributed' },
      { at: 5, what: 'site-b serves again; watched until 00:25:24 UTC' },
    ];

    expect(marksOfWayBack(timeline)).toEqual([
      { what: 'approved', at: 1, minor: true },
      { what: 'pushed', at: 3, minor: true },
      { what: 'online', at: 5 },
    ]);
  });

  it('are refused whole when one is missing: a drawing without it would tell another story', () => {
    expect(() => marksOfFence({ cutAt: 0, milestones: [] })).toThrow('the incident has no milestone');
    expect(() => marksOfWayBack([])).toThrow('the run noted nothing like');
  });
});
