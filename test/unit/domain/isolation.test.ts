import {
  countRound,
  lookOf,
  settledNetwork,
  type NetworkLook,
  type NetworkRounds,
  type ProbeOutcome,
} from '../../../domain/isolation';

const rules = { rounds: 3, staleAfterMs: 10_000 };
const probes = (...outcomes: ProbeOutcome[]) => outcomes.map((outcome) => ({ target: '192.0.2.1', outcome }));

const after = (...rounds: [look: NetworkLook, atMs: number][]): NetworkRounds | undefined =>
  rounds.reduce<NetworkRounds | undefined>((seen, [look, atMs]) => countRound(seen, { look, atMs }, rules), undefined);

describe('a round of the network check', () => {
  it.each<{ title: string; outcomes: ProbeOutcome[]; look: NetworkLook }>([
    { title: 'connected where nothing is configured', outcomes: [], look: 'connected' },
    { title: 'connected by one success among failures', outcomes: ['silent', 'reached', 'silent'], look: 'connected' },
    {
      title: 'connected by one success among what was not asked',
      outcomes: ['notCarriedOut', 'reached'],
      look: 'connected',
    },
    { title: 'isolated when all fail', outcomes: ['silent', 'silent'], look: 'isolated' },
    { title: 'unknown when nothing could be asked', outcomes: ['notCarriedOut'], look: 'unknown' },
    {
      title: 'unknown when one that was not asked might have answered',
      outcomes: ['silent', 'notCarriedOut'],
      look: 'unknown',
    },
  ])('is $title', ({ outcomes, look }) => {
    expect(lookOf(probes(...outcomes))).toBe(look);
  });
});

describe('the network of a site', () => {
  it('is settled by as many rounds in a row as are configured, either way', () => {
    expect(settledNetwork(after(['isolated', 0], ['isolated', 5_000]), 5_000, rules)).toBe('unsettled');
    expect(settledNetwork(after(['isolated', 0], ['isolated', 5_000], ['isolated', 10_000]), 10_000, rules)).toBe(
      'isolated',
    );
    expect(settledNetwork(after(['connected', 0], ['connected', 1], ['connected', 2]), 2, rules)).toBe('connected');
  });

  it('is not settled before the first round, nor by rounds that could not be carried out', () => {
    expect(settledNetwork(undefined, 0, rules)).toBe('unsettled');
    expect(settledNetwork(after(['unknown', 0], ['unknown', 1], ['unknown', 2]), 2, rules)).toBe('unsettled');
  });

  it('begins anew with each round that says otherwise', () => {
    const flapping = after(['isolated', 0], ['isolated', 1], ['connected', 2], ['isolated', 3], ['isolated', 4]);

    expect(settledNetwork(flapping, 4, rules)).toBe('unsettled');
  });

  it('begins anew after a freeze: what was before it proves nothing', () => {
    const frozen = after(['isolated', 0], ['isolated', 5_000], ['isolated', 600_000]);

    expect(frozen?.count).toBe(1);
  });

  it('is no longer settled once the last round is old', () => {
    const seen = after(['connected', 0], ['connected', 1], ['connected', 2]);

    expect(settledNetwork(seen, 10_002, rules)).toBe('connected');
    expect(settledNetwork(seen, 10_003, rules)).toBe('unsettled');
  });
});
