import type { CrossFault } from './cross-checks';
import { isPlainHttp, isRecord, list, record, type Loose } from './loose';
import type { Path } from './read-yaml';

/** Without a witness nobody ever has more than half of the votes, so that nothing would ever be fenced. */
export function unreachableQuorumFault(pair: Loose, path: Path): CrossFault[] {
  const { majority } = record(record(pair.policy).quorum);
  const votes = list(pair.observers).filter((observer) => isRecord(observer) && observer.votes !== 0);
  if (majority !== 'required' || votes.length > 0) return [];
  return [
    {
      path: [...path, 'policy', 'quorum', 'majority'],
      what: 'the pair has no observer with a vote, so that no site could ever have the majority',
      instead: 'Add an observer that votes, or write majority: decides.',
    },
  ];
}

/** What the scored checks of one site say about each other. */
export function heuristicsFaults(site: Loose, path: Path): CrossFault[] {
  const { heuristics } = site;
  if (!isRecord(heuristics)) return [];
  const at = [...path, 'heuristics'];
  const checks = list(heuristics.checks).map(record);
  return [
    ...checks.flatMap((check, index) => checkFaults(check, checks.slice(0, index), [...at, 'checks', index])),
    ...tooHighFault(heuristics.minimum, checks, at),
  ];
}

function checkFaults(check: Loose, before: readonly Loose[], path: Path): CrossFault[] {
  const faults: CrossFault[] = [];
  const ways = ['command', 'url', 'tcp'].filter((way) => way in check);
  if (ways.length !== 1)
    faults.push({
      path,
      what: ways.length === 0 ? 'nothing says what is checked' : `there are both ${ways.join(' and ')}`,
      instead: 'Write one of command, url and tcp; make another check for the other one.',
    });
  if (typeof check.name === 'string' && before.some(({ name }) => name === check.name))
    faults.push({
      path: [...path, 'name'],
      what: 'another check of this site has this name',
      instead: 'Give each check a name of its own.',
    });
  if ('ca' in check && (!('url' in check) || isPlainHttp(check.url)))
    faults.push({
      path: [...path, 'ca'],
      what: 'a CA has no use without a URL that is https',
      instead: 'Use https, or leave the ca out.',
    });
  return faults;
}

function tooHighFault(minimum: unknown, checks: readonly Loose[], path: Path): CrossFault[] {
  const scores = checks.map(({ score = 1 }) => score);
  if (typeof minimum !== 'number' || !scores.every((score) => typeof score === 'number')) return [];
  const total = scores.reduce((sum, score) => sum + score, 0);
  if (minimum <= total) return [];
  return [
    {
      path: [...path, 'minimum'],
      what: `the checks together score ${total}, so that the site would always be under it`,
      instead: `Write at most ${total}, or leave it out.`,
    },
  ];
}
