import type { Members } from './members';

/** An endpoint as the stand-in's journal and snapshot show it. */
export interface EndpointNow {
  endpointId: string;
  weight: number;
  health: 'INITIAL' | 'HEALTHY' | 'UNHEALTHY';
  clientIpPreservation: boolean;
  attachmentArn?: string;
}

/** One operation: takes effect at once and returns the reply's members, or throws an AwsError and changes nothing. */
export type Operation = (input: Members) => object;

/** One AWS service as the wire sees it; another one joins by being in the list that the server is given. */
export interface Service {
  /** Its name in the credential scope of a signature. */
  name: string;
  /** `X-Amz-Target` is `<targetPrefix>.<operation>`. */
  targetPrefix: string;
  /** The only region that has this service's control plane, where there is only one. */
  onlyRegion?: string;
  operations: Readonly<Record<string, Operation>>;
  errors: {
    /** HTTP status of AccessDeniedException. */
    accessDeniedStatus: number;
    /** Shape name of its own failure, status 500. */
    internal: string;
  };
  /** The endpoints that the called endpoint group has now; undefined for a call that is not about one. */
  endpointsAfter?(input: Members): EndpointNow[] | undefined;
}
