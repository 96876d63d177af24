import { z } from 'zod';
import { connectionCode, isTimeUp, type SdkError } from '../aws-sdk';

export function isNotFound(error: unknown): boolean {
  return (error as SdkError).name === 'LoadBalancerNotFoundException';
}

/** Why nothing was told, as a part of a sentence. AWS's own text is left out: of a wrong signature it holds headers. */
export function reasonOf(error: unknown): string {
  const sdkError = error as SdkError;
  const { name = 'Error', $metadata } = sdkError;
  if (isNotFound(error)) return 'there is no such load balancer';
  if (isTimeUp(sdkError)) return 'Elastic Load Balancing did not answer in time';
  if (/^AccessDenied/.test(name)) return `AWS answered ${name}: allow elasticloadbalancing:DescribeTags`;
  if (error instanceof z.ZodError) return 'the answer of Elastic Load Balancing cannot be understood';
  if ($metadata?.httpStatusCode !== undefined)
    return `Elastic Load Balancing answered ${$metadata.httpStatusCode} ${name}`;
  return `the connection to Elastic Load Balancing failed: ${connectionCode(sdkError)}`;
}
