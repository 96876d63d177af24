/**
 * Every operating failure that a gateway or an activity can report: area + fact.
 * docs/errors.md says of each what it means, what is safe to assume and what to do.
 */
export const failureTypes = {
  TrafficUnreachable: 'Global Accelerator did not answer in time, or the connection failed.',
  TrafficThrottled: 'Global Accelerator is throttling our calls, or a change is in progress there.',
  TrafficDenied: 'AWS refused our credentials, or they lack the right to this call.',
  TrafficNotFound: 'The accelerator, listener or endpoint group does not exist (any more).',
  TrafficAmbiguous: 'More than one accelerator has the configured DNS name.',
  TrafficRejected: 'Global Accelerator rejected the request as wrong.',
  TrafficAnswerUnreadable: 'Global Accelerator answered something we do not understand.',
  LastEndpointGuard: 'Read again right before the removal: no healthy endpoint of the kept site would be left.',
  LostSiteServes: 'Read again right before the removal: the site that was said to be lost is not unhealthy.',
  ShadowMode: "The pair is in shadow mode by this worker's configuration; nothing was sent.",
  InfinispanUnreachable: 'Infinispan did not answer in time, or the connection failed.',
  InfinispanUntrusted: "Infinispan's certificate was not issued by the configured CA.",
  InfinispanUnauthorized: 'Infinispan refused our credentials (401), also after they were fetched anew.',
  InfinispanDenied: 'Our Infinispan user lacks the ADMIN permission (403).',
  InfinispanNotFound: 'Infinispan knows no such cache or backup location (404).',
  InfinispanFailed: 'Infinispan answered with an error.',
  InfinispanIncomplete: 'Infinispan answered 200, but not every cache said "ok".',
  InfinispanAnswerUnreadable: 'Infinispan answered something we do not understand.',
  InfinispanAnswersAsAnotherSite: 'The server behind this URL belongs to another site than configured.',
  InfinispanNotARelay: 'This node is no relay node: it cannot tell which sites it sees.',
  HealthUnreachable: 'The health URL did not answer in time, or the connection failed.',
  SiteStillAdmitted: 'Read again right before the clear: the site is in traffic; nothing was cleared.',
  KeepSiteStillOnline: 'Read again right before the clear: a clear would reach the kept site; nothing was cleared.',
  KeepSiteRestarted:
    'Read again right before the clear: the kept site started since it was decided; nothing was cleared.',
  PushUnderWay: 'A push of this cache is under way already.',
  PushFailed: 'The push ended with an error.',
  ContentsDiffer: 'After a push the contents of the sites differ.',
  ComparisonVoid: 'A site restarted while it was being compared.',
  WorkloadFailed: "The command for the site's application did not end with 0.",
  WorkloadTimedOut: "The command for the site's application did not end in time.",
  WorkloadManual: "A person has to stop or start the site's application.",
  FenceDeviceFailed: 'The fence device could not be driven, or could not tell its status.',
  FenceDeviceTimedOut: 'The fence device did not answer in time.',
  FenceDeviceNotConfirmed: 'The fence device took the command, and does not say that it took effect.',
  FenceNotConfirmed: 'No fence level has confirmed that the stale site serves nobody, so nothing is taken over.',
  FenceManual: 'A person has to cut the stale site off, and to confirm it.',
  KeycloakUnreachable: 'Keycloak did not answer in time, or the connection failed.',
  KeycloakUntrusted: "Keycloak's certificate was not issued by the configured CA.",
  KeycloakUnauthorized: 'Keycloak refused our client and its secret, also after the secret was fetched anew.',
  KeycloakDenied: "Our client's service account lacks a role (403).",
  KeycloakFailed: 'Keycloak answered with an error.',
  KeycloakAnswerUnreadable: 'Keycloak answered something we do not understand.',
  EndpointUnhealthy: 'The site that was added did not become healthy in time.',
  SiteNotQuiet: 'Something still writes to the site that is to be emptied.',
  ArchiveUnavailable: 'The archive could not be read or written.',
  ArchiveBroken: 'The chain of hashes in the archive is broken: a report was changed or is missing.',
  LockHeld: "Somebody else holds the pair's lock; nothing was sent.",
  LockLost: "The pair's lock is no longer ours; the effect that was next was not sent.",
  LockUnavailable: 'The store of locks could not be asked; nothing was sent.',
  SecretUnavailable: 'The secret could not be read.',
  SecretMalformed: 'The secret is not what is expected there (JSON with username and password, or one token).',
  DeadlinePassed: 'The attempt was too old to send anything; nothing was sent.',
  AttemptSuperseded: 'Temporal no longer waits for this attempt; nothing was sent.',
  CommandTimedOut: 'The command did not finish in time. It may have taken effect.',
  CommandFailed: 'The command failed in a way that is not in this list: a bug. Its text is in the worker log.',
  NoWorker: 'No worker that may fence (queue sitewarden-fence) took the command within 10 s; nothing was sent.',
  RestoreNotPermitted: 'No worker that may restore (queue sitewarden-restore) took the command within 10 s.',
  PairUnknown: "This worker's configuration has no such site pair.",
  HeuristicUnknown: 'The check of the site did not run yet, could not be run, or its last result is too old.',
  ObserverSilent: 'The observer did not answer in time.',
  ObserverNotAsked: 'Temporal did not take the question to the observer.',
  ObserverAnswerUnreadable: 'The observer answered something we do not understand.',
  ObserverOutOfDate: 'What the observer told is dated too far from now.',
  NetworkUnsettled: 'Whether the own network of the observer is connected is not settled.',
  AlertmanagerUnreachable: 'Alertmanager did not answer in time, or the connection failed.',
  AlertmanagerRefused: 'Alertmanager, or what stands before it, refused us.',
  AlertmanagerAnswerUnreadable: 'Alertmanager answered something we do not understand.',
  TemporalUnreachable: 'Temporal did not answer a question about itself.',
  NotObserved: 'Nothing was read here.',
} as const;

export type FailureType = keyof typeof failureTypes;

/**
 * A named operating failure on its way from a gateway to the activity that called it.
 * `retryable` says whether the same call may succeed later without anybody changing something.
 */
export class OperatingFailure extends Error {
  override readonly name = 'OperatingFailure';
  readonly type: FailureType;
  readonly retryable: boolean;

  constructor(type: FailureType, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.retryable = options.retryable;
  }
}
