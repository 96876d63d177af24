import type { CrossFault } from './cross-checks';
import { isLoopback } from './fields';
import { isPlainHttp, isRecord, list, record, type Loose } from './loose';
import type { Path } from './read-yaml';

/** Credentials that would cross a network in clear text, and a CA that has no use. */
export function alertmanagerFaults({ readiness }: Loose): CrossFault[] {
  return list(record(readiness).alertmanagers).flatMap((written, index) => {
    const { url, ca, credentials, allowPlaintext } = record(written);
    const path = ['readiness', 'alertmanagers', index];
    if (!isPlainHttp(url)) return [];
    const exposed =
      isRecord(credentials) &&
      allowPlaintext !== true &&
      URL.canParse(String(url)) &&
      !isLoopback(new URL(String(url)).host);
    return [
      ...(exposed
        ? [
            {
              path: [...path, 'url'],
              what: 'this sends the password in clear text',
              instead: 'Use https, or set allowPlaintext: true for a lab.',
            },
          ]
        : []),
      ...(ca === undefined
        ? []
        : [
            {
              path: [...path, 'ca'],
              what: 'a CA has no use for a URL that is not https',
              instead: 'Use https, or leave the ca out.',
            },
          ]),
    ];
  });
}

export function placementFaults(pair: Loose, path: Path): CrossFault[] {
  const sites = list(pair.sites).map((site) => record(site).name);
  return Object.entries(record(pair.placement)).flatMap(([part, where]) =>
    typeof where !== 'string' || where === 'outside' || sites.includes(where)
      ? []
      : [
          {
            path: [...path, 'placement', part],
            what: 'this is neither outside nor one of the two sites of the pair',
            instead: `Write outside, or ${sites.join(' or ')}.`,
          },
        ],
  );
}
