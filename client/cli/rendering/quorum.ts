import type { MajorityPolicy, SiteName } from '../../../domain/site-pair';
import type { WhatIf } from '../../../domain/what-if';
import type { Voting } from '../../../domain/voting';
import type { Colours } from '../output';
import { table } from './table';

export interface QuorumRow extends WhatIf {
  /** As it is typed after `--cut`. */
  cut: readonly string[];
}

export interface QuorumPage {
  pair: string;
  majority: MajorityPolicy;
  witnesses: boolean;
  rows: readonly QuorumRow[];
  /** What the scored checks of sites were supposed to add up to. */
  scores?: Readonly<Record<SiteName, number>>;
  /** Every vote, and why, under each row. */
  details: boolean;
  colours: Colours;
}

const meanings: Readonly<Record<MajorityPolicy, string>> = {
  decides: 'the majority decides, even against the preferred site; without one the tie-break does',
  advises: 'the preferred site comes before the majority',
  required: 'without a majority nothing is fenced by itself, and a person is asked',
};

export function renderQuorum({ pair, majority, witnesses, rows, scores = {}, details, colours }: QuorumPage): string {
  const { configured, needed } = rows[0]?.voting ?? { configured: 0, needed: 0 };
  const rule = `${pair}: ${configured} votes, ${needed} are a majority (${majority}: ${meanings[majority]}).`;
  const alone = witnesses ? [] : ['No observer has a vote, so that neither site ever has the majority.'];
  const scored = Object.entries(scores).map(([site, score]) => `${site} ${score}`);
  const supposed = scored.length > 0 ? [`Scores, as supposed: ${scored.join(', ')}.`] : [];
  const head = ['CUT', 'VERDICT', 'VOTES', 'ANSWER'].map((word) => colours.dim(word));
  const drawn = table([
    head,
    ...rows.map((row) => [row.cut.join(' '), row.verdict.kind, sayCount(row.voting), sayAnswer(row)]),
  ]);
  const cast = details ? rows.flatMap((row) => ['', ...castLines(row)]) : [];
  return [rule, ...alone, ...supposed, '', drawn, ...cast].join('\n');
}

/** `site-a 2, site-b 1`. */
export function sayCount({ votes }: Voting): string {
  return Object.entries(votes)
    .map(([site, count]) => `${site} ${count}`)
    .join(', ');
}

export function sayAnswer({ answer, verdict }: WhatIf): string {
  switch (answer.kind) {
    case 'keeps':
      return `keeps ${answer.roles.keepSite}, fences ${answer.roles.staleSite}`;
    case 'first':
      return 'keeps the site whose alert is heard first';
    case 'refuses':
      return `fences nothing: ${answer.refusal.code}`;
    case 'nothing':
      return `fences nothing: ${verdict.kind === 'healthy' ? 'there is no split' : 'too little is read'}`;
  }
}

function castLines({ voting, answer, verdict }: QuorumRow): string[] {
  const rows = voting.cast.map(({ voter, votes, countsFor, says }) => [
    voter,
    `${votes} ${votes === 1 ? 'vote' : 'votes'}`,
    countsFor === undefined ? 'for none' : `for ${countsFor}`,
    says,
  ]);
  const because =
    answer.kind === 'keeps'
      ? answer.roles.because
      : answer.kind === 'refuses'
        ? answer.refusal.message
        : verdict.because;
  return [...table(rows).split('\n'), `because: ${because}`];
}
