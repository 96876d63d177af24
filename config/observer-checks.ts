import type { CrossFault } from './cross-checks';
import { isPlainHttp, isRecord, list, record, type Loose } from './loose';
import { hasTargets, pingFaults } from './network-checks';
import type { Path } from './read-yaml';

/** What the observers of a pair say about each other and about its sites. */
export function observerFaults(pair: Loose, path: Path): CrossFault[] {
  const observers = list(pair.observers).map(record);
  const sites = list(pair.sites).map((site) => record(site).name);
  return observers.flatMap((observer, index) => {
    const at = [...path, 'observers', index];
    return [
      ...nameFaults(observers, index, sites, at),
      ...siteFaults(observer, sites, at),
      ...acceleratorFaults(observer, at),
    ];
  });
}

/** What a cut can be of beside sites and observers. */
const takenNames: readonly string[] = ['worker', 'accelerator'];

function nameFaults(observers: Loose[], index: number, sites: readonly unknown[], path: Path): CrossFault[] {
  const { name } = observers[index] ?? {};
  if (typeof name !== 'string') return [];
  if (observers.findIndex((other) => other.name === name) < index) {
    const instead = 'Give each observer a name of its own: two of one name would vote twice for one look.';
    return [{ path: [...path, 'name'], what: 'another observer of this pair has this name', instead }];
  }
  if (sites.includes(name)) {
    const instead = 'Give it another name: a site speaks for itself already.';
    return [{ path: [...path, 'name'], what: 'a site of this pair has this name', instead }];
  }
  if (!takenNames.includes(name)) return [];
  const instead = 'Give it another name: --cut of quorum and drill, and the evidence, could not tell the two apart.';
  return [{ path: [...path, 'name'], what: `the ${name} is called so`, instead }];
}

function siteFaults({ site }: Loose, sites: readonly unknown[], path: Path): CrossFault[] {
  if (typeof site !== 'string' || sites.length !== 2 || sites.includes(site)) return [];
  const instead = `Write ${sites.join(' or ')}, or leave it out: then it stands in a third place.`;
  return [{ path: [...path, 'site'], what: 'this is none of the two sites of the pair', instead }];
}

function acceleratorFaults({ accelerator }: Loose, path: Path): CrossFault[] {
  if (!isRecord(accelerator) || !('ca' in accelerator) || !isPlainHttp(accelerator.url)) return [];
  const what = 'a CA has no use for a URL that is not https';
  return [{ path: [...path, 'accelerator', 'ca'], what, instead: 'Use https, or leave the ca out.' }];
}

/** What the process of an observer is told about its own network. */
export function observerProcessFaults({ observer }: Loose): CrossFault[] {
  const { network } = record(observer);
  if (!isRecord(network)) return [];
  const path = ['observer', 'network'];
  if (hasTargets(network)) return pingFaults(network, path);
  const instead = 'Write addresses: [10.0.0.1] or urls: [https://witness.example/up], or leave network out.';
  return [{ path, what: 'this names nothing to ask', instead }];
}
