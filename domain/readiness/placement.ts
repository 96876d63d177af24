import { placedParts, type PlacedPart, type SitePair } from '../site-pair';
import type { ReadinessFacts } from './facts';
import type { Finding } from './finding';

const names: Readonly<Record<PlacedPart, string>> = {
  worker: 'the worker',
  temporal: 'Temporal',
  temporalStore: "Temporal's store",
};

/** Where our own parts stand can hardly be seen from one of them: it is declared, and what contradicts it is told. */
export function placementFindings(pair: SitePair, { surroundings }: Pick<ReadinessFacts, 'surroundings'>): Finding[] {
  return [...insideFindings(pair), ...besideFindings(surroundings.besideTemporal), ...undeclared(pair)];
}

function insideFindings({ placement = {} }: SitePair): Finding[] {
  return placedParts.flatMap((part) => {
    const where = placement[part];
    if (where === undefined || where === 'outside') return [];
    return [
      {
        what: `${names[part]} stands in ${where}, as placement says`,
        consequence: `when ${where} is lost nothing fences it by itself, and in a split the pair is seen with its eyes alone`,
        fix: 'move it to a place that shares network and power with neither site; until then know "sitewarden emergency"',
      },
    ];
  });
}

function besideFindings(sites: readonly string[]): Finding[] {
  return sites.map((site) => ({
    what: `Temporal is configured at the host of a server of ${site}`,
    consequence: `when ${site} is lost Temporal may be lost with it, and nothing fences by itself`,
    fix: 'run Temporal outside both sites',
  }));
}

function undeclared({ placement = {} }: SitePair): Finding[] {
  const parts = placedParts.filter((part) => placement[part] === undefined);
  if (parts.length === 0) return [];
  return [
    {
      what: `where ${parts.map((part) => names[part]).join(', ')} ${parts.length === 1 ? 'stands' : 'stand'} is not known`,
      consequence: 'what stands in a site is lost with it, and then nothing fences by itself',
      fix: `once it is so, write into the pair: placement: { ${parts.map((part) => `${part}: outside`).join(', ')} }`,
    },
  ];
}
