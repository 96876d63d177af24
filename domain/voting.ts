/**
 * The votes of a split: each site is one voter, for itself while anybody reaches it; each witness is one, for whom it reaches.
 * Whoever wins is still kept only if keep-eligible (eligibility.ts): no vote keeps a site that cannot serve.
 */
import { readAt, type Observation } from './observation';
import { countVotes, type VoteCount, type Voter } from './quorum';
import type { SiteName, SitePair } from './site-pair';
import { sayBallot, ballotsOf, witnesses, type Ballot } from './ballots';

/** One voter, and what became of its vote. */
export interface CastVote {
  voter: string;
  kind: 'site' | 'witness';
  votes: number;
  /** What it says, or why it does not count, in words. */
  says: string;
  countsFor?: SiteName;
}

export interface Voting extends Pick<VoteCount, 'configured' | 'needed' | 'votes'> {
  winner?: SiteName;
  /** Sites first, then witnesses in the order of the configuration. */
  cast: readonly CastVote[];
}

/** @param inDoubt For whom a witness counts that reaches both sites, while neither is ahead without it. */
export function votingOf(pair: SitePair, observation: Observation, inDoubt?: SiteName): Voting {
  const heard = ballotsOf(pair, observation);
  const reachedBy = (site: SiteName) =>
    heard.filter((ballot) => ballot.kind === 'counts' && ballot.reaches.includes(site));
  const answers = (site: SiteName) => isRead(observation, site) || reachedBy(site).length > 0;
  const seenBy = (site: SiteName) => [...(answers(site) ? [site] : []), ...reachedBy(site).map(voterName)];
  const voters: readonly Voter[] = [
    ...pair.sites.map((name) => ({ name, votes: 1 })),
    ...heard.map((ballot) => ({ name: voterName(ballot), votes: ballot.observer.votes })),
  ];
  const seen = Object.fromEntries(pair.sites.map((site) => [site, seenBy(site)]));
  const { configured, needed, votes, winner, countsFor } = countVotes(voters, seen, inDoubt);
  const sites = pair.sites.map((site): CastVote => {
    const says = answers(site) ? `${site} answers` : `nobody reaches ${site}`;
    return { voter: site, kind: 'site', votes: 1, says, countsFor: countsFor[site] };
  });
  const others = heard.map((ballot): CastVote => {
    const { name, votes: own } = ballot.observer;
    const says = sayBallot(ballot);
    return { voter: name, kind: 'witness', votes: own, says, countsFor: countsFor[voterName(ballot)] };
  });
  return { configured, needed, votes, winner, cast: [...sites, ...others] };
}

/** Whether anybody but the sites has a vote; without a witness a quorum is impossible. */
export function hasWitness(pair: SitePair): boolean {
  return witnesses(pair).length > 0;
}

/** In one sentence, with what each witness says. */
export function sayVoting(voting: Voting): string {
  const said = voting.cast.filter(({ kind }) => kind === 'witness').map(({ says }) => says);
  return [sayCount(voting), ...said].join('; ');
}

/** The result alone. */
export function sayCount({ configured, votes, winner }: Voting): string {
  if (winner !== undefined) return `${winner} has ${votes[winner]} of ${configured} votes`;
  const counted = Object.entries(votes).map(([site, count]) => `${site} ${count}`);
  return `no site has more than half of the ${configured} votes (${counted.join(', ')})`;
}

/** An observer may have the name of a site. */
function voterName({ observer }: Ballot): string {
  return `witness ${observer.name}`;
}

/** The worker read something of the site itself. */
function isRead(observation: Observation, site: SiteName): boolean {
  return readAt(observation, site, 'view') !== undefined || readAt(observation, site, 'backups') !== undefined;
}
