import { askAfterMs } from '../observing';
import { drainMs } from '../learn-traffic';
import { hasWitness } from '../voting';
import type { SitePair } from '../site-pair';

/** How long something is waited for at most, or at least. */
export interface Bound {
  what: string;
  seconds: number;
}

/** The bounds of an incident of this pair, in the order in which it meets them. */
export function drillBounds(pair: SitePair): readonly Bound[] {
  const { policy, fencing } = pair;
  const { quorum, gates } = policy;
  const votes = { what: 'votes are counted again at most', seconds: quorum.retries * quorum.waitSeconds };
  const level = {
    what: 'a fence level with Global Accelerator has to confirm within',
    seconds: fencing?.trafficWithinSeconds ?? 0,
  };
  const expiring = Object.entries(gates).flatMap(([gate, { expiresSeconds }]) =>
    expiresSeconds === undefined
      ? []
      : [{ what: `a question at the gate ${gate} is asked anew after`, seconds: expiresSeconds }],
  );
  return [
    ...(hasWitness(pair) ? [votes] : []),
    { what: 'a run that can decide nothing asks a person after', seconds: askAfterMs / 1000 },
    ...(fencing ? [level] : []),
    { what: 'established flows may live on after the removal for (drain)', seconds: drainMs / 1000 },
    { what: 'both views have to be read whole for (stable)', seconds: policy.stableSeconds },
    ...expiring,
    { what: 'a site that is added has to be healthy within', seconds: policy.healthyWithinSeconds },
    { what: 'a site that came back is watched for (soak)', seconds: policy.soakSeconds },
  ];
}
