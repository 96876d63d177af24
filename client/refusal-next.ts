import type { RefusalCode } from '../domain/refusals';

const look = (pair: string) => `sitewarden status ${pair}`;
const observe = (pair: string) => `sitewarden observe ${pair}`;
const sayWhy = 'Send it again with a reason that the next person understands (--reason "...").';
const answerAnew = (pair: string) => `Read what is asked now, and answer that: ${look(pair)}`;

/** What to do about each refusal of a pair's run; at length in docs/errors.md. */
const steps: Readonly<Record<RefusalCode, (pair: string) => string>> = {
  LastEndpoint: (pair) => `Bring the other site's endpoint back first: ${observe(pair)}`,
  KeepSiteUnhealthy: (pair) => `Make it healthy, or fence the other site: ${observe(pair)}`,
  KeepSiteGetsNoTraffic: (pair) => `Give it weight or raise the dial, or fence the other site: ${observe(pair)}`,
  KeepSiteNotAdministrable: (pair) => `See why its Infinispan could not be read: ${observe(pair)}`,
  ReporterUnhealthy: (pair) => `Look at both sites before anything is fenced: ${observe(pair)}`,
  NoEligibleSite: (pair) => `Add the endpoint of the site that should serve; look: ${observe(pair)}`,
  KeepSiteUndecided: (pair) => `Decide: sitewarden fence ${pair} --site <the one to leave> --reason "..."`,
  NoQuorum: (pair) =>
    `Look at both sites, and say it yourself: sitewarden fence ${pair} --site <the one to leave> --reason "..."; whose votes are missing: ${look(pair)}`,
  WitnessDisagrees: (pair) =>
    `Find out why the witnesses see another site than we do: ${observe(pair)}; then decide: sitewarden fence ${pair} --site <the one to leave> --reason "..."`,
  TrafficUnknown: (pair) => `See why Global Accelerator could not be read: ${observe(pair)}`,
  LinkUnknown: (pair) => `Look at the network between worker and sites: ${observe(pair)}`,
  ReplicationUnknown: (pair) => `See why that read failed: ${observe(pair)}`,
  OppositeSiteFenced: (pair) => `Never fence both. See what is under way: ${look(pair)}`,
  SiteUnknown: () => 'Name one of the two sites of the pair (sitewarden pairs lists them).',
  SiteOutAlready: (pair) => `Find out why it is out, then answer what the run asks: ${look(pair)}`,
  GoalNotAvailable: (pair) => `See what the run does and which answers it takes: ${look(pair)}`,
  ReasonMissing: () => sayWhy,
  RunOpen: (pair) => `See what is open: ${look(pair)}; a pause ends with: sitewarden release ${pair}`,
  PauseLengthWrong: (pair) => `Say how long: sitewarden pause ${pair} --for 2h --reason "..."`,
  NotFenced: (pair) => `Look at both sites; where both serve and replicate, there is nothing to do: ${observe(pair)}`,
  NotSynchronized: (pair) =>
    `See whether that is under way (${look(pair)}); if not: sitewarden synchronize ${pair} --reason "..."`,
  SiteServes: (pair) => `Nothing is to be done for that; look at both sites: ${observe(pair)}`,
  SplitOpen: (pair) => `See what does not replicate; a lost site is fenced (sitewarden fence): ${observe(pair)}`,
  NotHealthy: (pair) => `Put right what is missing, then ask again: ${observe(pair)}`,
  ApproverNotAllowed: (pair) => `Have one of those decide who may; the question stays open: ${look(pair)}`,
  RequesterMayNotApprove: (pair) => `Have another person decide; the question stays open: ${look(pair)}`,
  AlreadyDecided: (pair) => `See whose approval is still missing, if any: ${look(pair)}`,
  PlanExpired: answerAnew,
  DiscardExceeded: answerAnew,
  PlanOutdated: answerAnew,
  GateNotOpen: (pair) => `Read what is asked, if anything: ${look(pair)}`,
  NotConfirmable: (pair) => `Mend what the run names (${look(pair)}), then: sitewarden retry ${pair}`,
  NotRetryable: (pair) =>
    `Do what the run says (${look(pair)}); of a site that was cut off by hand: sitewarden confirm ${pair} --site <that site> --reason "..."`,
  NothingBlocked: (pair) => `Read what the run waits for: ${look(pair)}`,
  NotHeld: (pair) => `Nothing is to be released; read what the run waits for: ${look(pair)}`,
  KeyReused: () => 'Send a new message with a new key; to repeat one, send exactly the same.',
};

/** Not a run's: said where there is no run to refuse. */
const noOpenRun = 'NoOpenRun';

/** The next step after a refusal, as one sentence with the whole command line. Also for a code that this version does not know. */
export function nextAfter(code: string, pair: string): string {
  if (code === noOpenRun) return `Look at the pair: ${observe(pair)}`;
  const step = Object.hasOwn(steps, code) ? steps[code as RefusalCode] : undefined;
  return step?.(pair) ?? `Look: ${look(pair)}`;
}
