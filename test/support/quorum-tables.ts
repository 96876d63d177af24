/** The tables of docs/quorum.md, by the function that `sitewarden quorum` asks. */
import type { EndpointHealth } from '../../domain/observation';
import type { MajorityPolicy, SiteName, SitePair } from '../../domain/site-pair';
import { between, type Cut } from '../../domain/cuts';
import { whatIf, type WhatIf } from '../../domain/what-if';
import { witnessed } from './witnesses';

type Reach = 'only site-a' | 'only site-b' | 'both sites' | 'neither site' | 'silent';

const anyLink: readonly (readonly Cut[])[] = [
  between('site-a', 'site-b'),
  [{ from: 'site-a', to: 'site-b' }],
  [{ from: 'site-b', to: 'site-a' }],
];

/** What one witness does not reach, or who does not hear it. */
function cutsOf(witness: string, reach: Reach): readonly Cut[] {
  const without = (site: SiteName): readonly Cut[] => [{ from: witness, to: site }];
  switch (reach) {
    case 'both sites':
      return [];
    case 'only site-a':
      return without('site-b');
    case 'only site-b':
      return without('site-a');
    case 'neither site':
      return [...without('site-a'), ...without('site-b')];
    case 'silent':
      return between('worker', witness);
  }
}

/** One split, whichever direction of the link is cut; fails where that makes a difference. */
function answerTo(pair: SitePair, reaches: readonly Reach[], sick: readonly SiteName[] = []): WhatIf {
  const health = Object.fromEntries(sick.map((site): [string, EndpointHealth] => [site, 'UNHEALTHY']));
  const witnesses = reaches.flatMap((reach, index) => cutsOf(nameOf(index), reach));
  const answers = anyLink.map((link) => whatIf(pair, { cuts: [...link, ...witnesses], health }));
  const said = new Set(answers.map((answer) => `${votes(answer)} ${brief(answer)}`));
  if (said.size !== 1) throw new Error(`the direction of the cut matters: ${[...said].join(' / ')}`);
  return answers[0] as WhatIf;
}

const nameOf = (index: number): string => `witness-${index + 1}`;

function pairOf(count: number, majority: MajorityPolicy): SitePair {
  return witnessed(
    Array.from({ length: count }, (_, index) => nameOf(index)),
    { majority },
  );
}

function votes({ voting }: WhatIf): string {
  const counts = Object.values(voting.votes).join(' : ');
  return voting.winner === undefined ? counts : `**${counts}**`;
}

function brief({ answer }: WhatIf): string {
  if (answer.kind === 'keeps') return `keeps ${answer.roles.keepSite}`;
  return answer.kind === 'refuses' ? `asks: \`${answer.refusal.code}\`` : answer.kind;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['<!-- prettier-ignore -->', line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const majorities: readonly MajorityPolicy[] = ['decides', 'advises', 'required'];

/** Two sites and one witness: whom it reaches, against which sites could be kept. */
export function oneWitnessTable(): string {
  const reaches: readonly Reach[] = ['both sites', 'only site-a', 'only site-b', 'neither site', 'silent'];
  const keepable: readonly (readonly [string, readonly SiteName[]])[] = [
    ['both', []],
    ['only site-a', ['site-b']],
    ['only site-b', ['site-a']],
    ['neither', ['site-a', 'site-b']],
  ];
  const rows = keepable.flatMap(([could, sick]) =>
    reaches.map((reach) => {
      const answers = majorities.map((majority) => answerTo(pairOf(1, majority), [reach], sick));
      return [could, reach, votes(answers[0] as WhatIf), ...answers.map(brief)];
    }),
  );
  return markdown(
    ['could be kept', 'the witness reaches', 'votes a : b', ...majorities.map((one) => `\`${one}\``)],
    rows,
  );
}

/** How several witnesses of one vote each may be divided; both sites could be kept. */
export function severalWitnessesTable(count: number): string {
  const kinds: readonly Reach[] = ['only site-a', 'only site-b', 'both sites', 'silent'];
  const rows = divisions(count, kinds.length).map((numbers) => {
    const reaches = numbers.flatMap((number, index) => Array.from({ length: number }, () => kinds[index] as Reach));
    const answers = majorities.map((majority) => answerTo(pairOf(count, majority), reaches));
    return [...numbers.map(String), votes(answers[0] as WhatIf), ...answers.map(brief)];
  });
  return markdown([...kinds, 'votes a : b', ...majorities.map((one) => `\`${one}\``)], rows);
}

/** Every way to divide so many among so many kinds. */
function divisions(count: number, kinds: number): number[][] {
  if (kinds === 1) return [[count]];
  const first = Array.from({ length: count + 1 }, (_, index) => count - index);
  return first.flatMap((number) => divisions(count - number, kinds - 1).map((rest) => [number, ...rest]));
}
