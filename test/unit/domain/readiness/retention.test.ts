import { retentionFindings } from '../../../../domain/readiness/retention';
import { pair, read, unread } from '../../../support/observations';
import { gatePolicies } from '../../../support/gate-policies';
import { surroundings } from '../../../support/surroundings';

const day = 86_400;
const findings = (change: Parameters<typeof surroundings>[0], of = pair) =>
  retentionFindings(of, { surroundings: surroundings(change) });

describe('the retention of Temporal', () => {
  it('of a day is enough where reports are archived, and a week where they are not', () => {
    expect(findings({ retentionSeconds: read(day) })).toEqual([]);
    expect(findings({ retentionSeconds: read(day - 1) })).toMatchObject([
      {
        what: 'Temporal keeps what is over for 23h59m59s, and 1d is needed',
        fix: 'temporal operator namespace update --retention 1d -n <namespace>',
      },
    ]);
    expect(findings({ retentionSeconds: read(3 * day), archive: unread('ArchiveUnavailable') })).toMatchObject([
      { what: 'reports cannot be archived (ArchiveUnavailable)' },
      { what: 'Temporal keeps what is over for 3d, and 7d is needed' },
    ]);
  });

  it('must not be shorter than an approval may wait: of a run that goes on for longer the beginning would be gone', () => {
    const gates = gatePolicies();
    const patient = {
      ...pair,
      policy: { ...pair.policy, gates: { ...gates, siteOnline: { ...gates.siteOnline, expiresSeconds: 5 * day } } },
    };

    expect(findings({ retentionSeconds: read(3 * day) }, patient)).toMatchObject([
      {
        what: 'Temporal keeps what is over for 3d, and 5d is needed',
        consequence: 'of an incident that lasts longer the beginning is gone before its end',
      },
    ]);
    expect(findings({ retentionSeconds: read(5 * day) }, patient)).toEqual([]);
  });

  it('that could not be read is a finding', () => {
    expect(findings({ retentionSeconds: unread('TemporalUnreachable') })).toMatchObject([
      { what: 'for how long Temporal keeps what is over could not be read (TemporalUnreachable)' },
    ]);
  });
});
