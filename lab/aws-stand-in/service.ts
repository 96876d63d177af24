import type { Members } from './members';
import type { Protocol } from './protocols/protocol';

/** An endpoint as the stand-in's journal and snapshot show it. */
export interface EndpointNow {
  endpointId: string;
  weight: number;
  health: 'INITIAL' | 'HEALTHY' | 'UNHEALTHY';
  clientIpPreservation: boolean;
  attachmentArn?: string;
}

/** Where a call was addressed to. */
export interface CallScope {
  /** From the credential scope of its signature. */
  region: string;
}

/** One operation: takes effect at once and returns the reply's members, or throws an AwsError and changes nothing. */
export type Operation = (input: Members, scope: CallScope) => object;

/** One AWS service as the wire sees it; another one joins by being in the list that the server is given. */
export interface Service {
  /** Its name in the credential scope of a signature. */
  name: string;
  protocol: Protocol;
  /** The only region that has this service's control plane, where there is only one. */
  onlyRegion?: string;
  operations: Readonly<Record<string, Operation>>;
  /** What it calls the errors that every service has. */
  errors: CommonErrors;
  /** The endpoints that the called endpoint group has now; undefined for a call that is not about one. */
  endpointsAfter?(input: Members): EndpointNow[] | undefined;
}

/** Shape names and HTTP statuses (the service's API reference, "Common Errors"). */
export interface CommonErrors {
  accessDenied: readonly [name: string, httpStatus: number];
  throttled: readonly [name: string, httpStatus: number];
  internal: readonly [name: string, httpStatus: number];
  /** A signature that is wrong, or made for another time, region or service. */
  badSignature: readonly [name: string, httpStatus: number];
  unknownKey: readonly [name: string, httpStatus: number];
}
