import { ballotsOf, sayBallot } from '../ballots';
import { known, type Observation, type Reading } from '../observation';
import type { Sighting } from '../sighting';
import type { Observer, SiteName, SitePair } from '../site-pair';
import type { NotLookedAt, ReadinessFacts } from './facts';
import type { Finding } from './finding';

/** In peace an observer sees everything that it is there to see. */
export function observerFindings(
  pair: SitePair,
  { observation }: Pick<ReadinessFacts, 'observation'>,
): Finding[] | NotLookedAt {
  if (!pair.observers?.length) return { notLookedAt: 'the pair has no observers' };
  return pair.observers.flatMap((observer) => {
    const found = findingsOf(pair, observer, observation.sightings?.[observer.name]);
    return found.length > 0 ? found : worthless(pair, observer, observation);
  });
}

/** It answers and sees both sites, and its vote would not count all the same: in a split it would be missing without a word. */
function worthless(pair: SitePair, observer: Observer, observation: Observation): Finding[] {
  const ballot = ballotsOf(pair, observation).find(({ observer: { name } }) => name === observer.name);
  if (!ballot || ballot.kind === 'counts') return [];
  const isDated = ballot.kind === 'old' || ballot.kind === 'ahead';
  return [
    {
      what: `the vote of the observer ${observer.name} would not count: ${sayBallot(ballot)}`,
      consequence: missing(observer),
      fix: isDated
        ? "synchronize the clocks (NTP, chrony) of its host and of the worker's, or raise policy.quorum.staleSeconds"
        : 'correct the health URLs and the infinispan.url that it reads',
    },
  ];
}

function findingsOf(pair: SitePair, observer: Observer, sighting: Reading<Sighting> | undefined): Finding[] {
  if (sighting && known(sighting)) return blindSpots(pair, observer, sighting.value);
  const why = sighting ? sighting.unknown : 'NotObserved';
  return [
    {
      what: `the observer ${observer.name} does not answer (${why})`,
      consequence: missing(observer),
      fix: `start it, or find out why it does not reach Temporal: sitewarden observer --name ${observer.name}; docs/errors.md says what ${why} means`,
    },
  ];
}

function missing({ votes }: Observer): string {
  return votes > 0
    ? `its ${votes === 1 ? 'vote' : `${votes} votes`} would be missing from the quorum in a split`
    : 'in a split it would see nothing';
}

/** Each by itself is an honest answer in a split; in peace it is a fault of where the observer stands, or of its configuration. */
function blindSpots(
  { sites }: SitePair,
  { name }: Observer,
  { sites: seen, network, accelerator }: Sighting,
): Finding[] {
  const finding = (what: string, consequence: string, fix: string): Finding => ({
    what: `the observer ${name} ${what}`,
    consequence,
    fix,
  });
  const ofSites = sites.flatMap((site): Finding[] => {
    const sighting = seen[site];
    const blind = sighting === undefined ? 'NotObserved' : blindTo(sighting);
    if (blind === undefined) return [];
    return [
      finding(
        `sees nothing of ${site} (${blind})`,
        `in a split it would never vote for ${site}`,
        `let it reach the health URL and the Infinispan of ${site}`,
      ),
    ];
  });
  const isolated =
    known(network) && network.value === 'isolated'
      ? [
          finding(
            'says that its own network is isolated',
            'in a split it would have no say',
            'look at its network check, or its network',
          ),
        ]
      : [];
  return [...ofSites, ...isolated, ...acceleratorFindings(finding, accelerator)];
}

function blindTo({ health, view }: Sighting['sites'][SiteName]): string | undefined {
  if (known(health) || known(view)) return undefined;
  return view.unknown === 'NotObserved' ? health.unknown : view.unknown;
}

function acceleratorFindings(
  finding: (what: string, consequence: string, fix: string) => Finding,
  accelerator: Sighting['accelerator'],
): Finding[] {
  if (known(accelerator) || accelerator.unknown === 'NotObserved') return [];
  return [
    finding(
      `does not reach the service through the accelerator (${accelerator.unknown})`,
      'clients who stand where it stands may not be served now',
      'try the URL from there; correct it in the configuration of observers if it is wrong',
    ),
  ];
}
