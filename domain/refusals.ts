/**
 * Every refusal, as a person says it on a call. A refusal is a normal answer: nothing was touched because of it.
 * docs/errors.md says of each what it means, what is safe to assume and what to do.
 */
export const refusalCodes = {
  LastEndpoint: 'The site is the only endpoint left; removing it would take the service down.',
  KeepSiteUnhealthy: "The site that would be kept is not healthy in Global Accelerator's eyes.",
  KeepSiteGetsNoTraffic: 'The site that would be kept has weight 0 or a traffic dial of 0.',
  KeepSiteNotAdministrable: 'The site that would be kept lets us not read or change its replication.',
  ReporterUnhealthy: 'The site that reports the other one offline is itself unhealthy.',
  NoEligibleSite: 'Neither site can be kept as things are read now.',
  KeepSiteUndecided: 'Both sites can be kept, and nothing says which.',
  NoQuorum: 'No site has more than half of the configured votes.',
  WitnessDisagrees: 'The majority of the votes is for a site that cannot be kept.',
  TrafficUnknown: 'Global Accelerator could not be read, so nothing can be fenced safely.',
  LinkUnknown: 'It could not be read whether the sites see each other.',
  ReplicationUnknown: "Both views are whole, but a site's replication could not be read.",
  OppositeSiteFenced: 'The other site of the pair is being fenced, or is fenced, in this incident.',
  SiteUnknown: 'The pair has no such site.',
  SiteOutAlready: 'A site is out of traffic though everything else is whole; it was not this run that removed it.',
  GoalNotAvailable: 'That goal cannot be asked for.',
  ReasonMissing: 'A reason is required, so that the next person understands.',
  RunOpen: 'A run of this pair is open, so it cannot be paused, and no site is taken out as planned.',
  PauseLengthWrong: 'A pause lasts at least one minute and at most seven days.',
  NotFenced: 'No site is fenced, so there is nothing to synchronize.',
  NotSynchronized: 'The sites are not known to be equal, so the site cannot come back before it is synchronized.',
  SiteServes: 'The site is in traffic already.',
  SplitOpen: 'The link is not read whole: no site is taken out as planned, and none brought back.',
  NotHealthy: 'The pair is not healthy, so no site is taken out as planned.',
  ApproverNotAllowed: 'Whoever decided may not decide at this gate.',
  RequesterMayNotApprove: 'Whoever asked for this may not approve it.',
  AlreadyDecided: 'This was decided already: by the same person, or by as many as are needed.',
  PlanExpired: 'The plan that was approved has expired.',
  DiscardExceeded: 'More entries would be discarded than the approval allows.',
  PlanOutdated: 'The plan that was approved is not the one that is asked about now.',
  GateNotOpen: 'Nothing waits for this decision.',
  NotConfirmable: "What the run is blocked by is read; nobody's word stands for it.",
  NotRetryable: 'What the run is blocked by waits for people, and nothing would be tried anew.',
  NothingBlocked: 'Nothing is blocked, so there is nothing to retry or to confirm.',
  NotHeld: 'The run is not held.',
  KeyReused: 'The same key came with another message before; nothing of this one was taken.',
} as const;

export type RefusalCode = keyof typeof refusalCodes;

export interface Refusal {
  code: RefusalCode;
  /** The sentence for this case, with names. */
  message: string;
}

export function refusal(code: RefusalCode, message?: string): Refusal {
  return { code, message: message ?? refusalCodes[code] };
}
