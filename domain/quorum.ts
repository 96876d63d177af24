/**
 * Counting votes. A side of a split is whoever sees each other; it wins with strictly more than half of all votes that are
 * configured, whether or not they were cast: 2 of 3, 3 of 4, 3 of 5. So two sides never win, and an even split decides nothing.
 */

/** By name; unique in one count. */
export type VoterName = string;
export type Side = string;

export interface Voter {
  name: VoterName;
  /** What it counts; 0 looks and does not vote. */
  votes: number;
}

export interface VoteCount {
  /** All votes that are configured. */
  configured: number;
  /** The smallest number that is strictly more than half of them. */
  needed: number;
  /** By side. Their sum never exceeds `configured`. */
  votes: Readonly<Record<Side, number>>;
  /** The side for which each voter counts; absent where it counts for none. */
  countsFor: Readonly<Record<VoterName, Side>>;
  winner?: Side;
}

/**
 * Counts every voter once, for at most one side, whatever the order of voters and sides. Whoever is seen by several sides counts for
 * the one that is ahead without such voters; where none is ahead, for `inDoubt`, the choice of whoever breaks ties; else for none.
 * Who is seen by no side counts for none, and for no side less.
 */
export function countVotes(
  voters: readonly Voter[],
  seenBy: Readonly<Record<Side, readonly VoterName[]>>,
  inDoubt?: Side,
): VoteCount {
  const sides = Object.keys(seenBy);
  const sidesOf = ({ name }: Voter): readonly Side[] => sides.filter((side) => seenBy[side]?.includes(name));
  const decided = sum(voters, (voter) => onlyOne(sidesOf(voter)));
  const countsFor = (voter: Voter): Side | undefined => {
    const seen = sidesOf(voter);
    return onlyOne(seen) ?? onlyOne(furthestAhead(seen, decided, inDoubt));
  };
  const configured = voters.reduce((all, { votes }) => all + votes, 0);
  const needed = Math.floor(configured / 2) + 1;
  const counted = sum(voters, countsFor);
  const votes = Object.fromEntries(sides.map((side) => [side, counted.get(side) ?? 0]));
  return {
    configured,
    needed,
    votes,
    countsFor: Object.fromEntries(
      voters.flatMap((voter) => {
        const side = countsFor(voter);
        return side === undefined ? [] : [[voter.name, side] as const];
      }),
    ),
    winner: sides.find((side) => (counted.get(side) ?? 0) >= needed),
  };
}

function onlyOne(sides: readonly Side[]): Side | undefined {
  return sides.length === 1 ? sides[0] : undefined;
}

function furthestAhead(sides: readonly Side[], votes: ReadonlyMap<Side, number>, inDoubt: Side | undefined): Side[] {
  const most = Math.max(...sides.map((side) => votes.get(side) ?? 0));
  const ahead = sides.filter((side) => (votes.get(side) ?? 0) === most);
  return ahead.length > 1 ? ahead.filter((side) => side === inDoubt) : ahead;
}

function sum(voters: readonly Voter[], sideOf: (voter: Voter) => Side | undefined): ReadonlyMap<Side, number> {
  const sums = new Map<Side, number>();
  for (const voter of voters) {
    const side = sideOf(voter);
    if (side !== undefined) sums.set(side, (sums.get(side) ?? 0) + voter.votes);
  }
  return sums;
}
