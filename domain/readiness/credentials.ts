import { failureTypes, type FailureType } from '../failure-types';
import { known, type Reading } from '../observation';
import type { SitePair } from '../site-pair';
import type { ReadinessFacts } from './facts';
import type { Finding } from './finding';

/** What says that it was the credentials, or what they rest on, and what to do about it. */
const refused: Partial<Record<FailureType, string>> = {
  TrafficDenied: 'give the worker a role with the rights of docs/configuration.md, or renew its credentials',
  InfinispanUnauthorized: 'put the right user and password into the secret',
  InfinispanDenied: 'give the user the ADMIN permission, which the status of backups needs, and a fence as well',
  InfinispanUntrusted: "correct infinispan.ca: it has to be the CA that issued the server's certificate",
  InfinispanAnswersAsAnotherSite: 'correct infinispan.url: it leads to the other site',
  KeycloakUnauthorized: 'put the right client secret into the secret',
  KeycloakDenied: "give the client's service account the roles of docs/keycloak.md",
  KeycloakUntrusted: "correct workload.keycloak.ca: it has to be the CA that issued the server's certificate",
  SecretUnavailable: 'make the secret readable for the worker',
  SecretMalformed: 'correct what the secret holds',
};

interface Presented {
  to: string;
  /** All reads that present it; one that succeeded proves it. */
  readings: readonly (Reading<unknown> | undefined)[];
  consequence: string;
}

/** Reads alone prove it, so this says of a right to change something only what the right to read says of it. */
export function credentialFindings(pair: SitePair, facts: ReadinessFacts): Finding[] {
  return [globalAccelerator(facts), ...infinispans(pair, facts), ...keycloaks(pair, facts)].flatMap(findingsOf);
}

function globalAccelerator({ observation: { traffic } }: ReadinessFacts): Presented {
  return {
    to: 'Global Accelerator',
    readings: [traffic.status, traffic.groups],
    consequence: 'no site can be taken out of traffic, and so none fenced',
  };
}

function infinispans({ sites }: SitePair, { observation, sites: read }: ReadinessFacts): Presented[] {
  return sites.map((site) => {
    const seen = observation.sites[site];
    return {
      to: `the Infinispan of ${site}`,
      readings: [seen?.view, seen?.startedAt, seen?.backups, seen?.sizes, read[site]?.caches],
      consequence: `${site} cannot be kept: its backup to the other site could not be taken offline`,
    };
  });
}

function keycloaks(pair: SitePair, { sites }: ReadinessFacts): Presented[] {
  return pair.sites
    .filter((site) => pair.workloads[site] === 'keycloak')
    .map((site) => ({
      to: `the Keycloak of ${site}`,
      readings: [sites[site]?.server],
      consequence: `after a split ${site} could not be made to read the database anew, and no site comes back without it`,
    }));
}

function findingsOf({ to, readings, consequence }: Presented): Finding[] {
  const unknown = readings.flatMap(whyUnknown);
  const refusals = [...new Set(unknown)].flatMap((why): Finding[] => {
    const fix = refused[why];
    return fix === undefined
      ? []
      : [{ what: `${to}: ${failureTypes[why].replace(/\.$/, '')} (${why})`, consequence, fix }];
  });
  const [first] = unknown;
  if (refusals.length > 0 || first === undefined || unknown.length < readings.length) return refusals;
  return [
    {
      what: `whether ${to} takes our credentials is not known (${first})`,
      consequence,
      fix: `docs/errors.md says what ${first} means; then look again`,
    },
  ];
}

function whyUnknown(reading: Reading<unknown> | undefined): FailureType[] {
  if (!reading) return ['NotObserved'];
  return known(reading) ? [] : [reading.unknown];
}
