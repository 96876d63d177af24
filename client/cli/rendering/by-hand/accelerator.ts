/** Global Accelerator by AWS' own command line. */
import { quoted } from './shell';

export function removeEndpoint(groupArn: string, id: string): string {
  return globalAccelerator('remove-endpoints', groupArn, `--endpoint-identifiers ${quoted(`EndpointId=${id}`)}`);
}

export function addEndpoint(groupArn: string, endpoint: string): string {
  return globalAccelerator('add-endpoints', groupArn, `--endpoint-configurations ${quoted(endpoint)}`);
}

export function readGroup(groupArn: string): string {
  const query = 'EndpointGroup.EndpointDescriptions[].[EndpointId,HealthState,Weight]';
  return globalAccelerator('describe-endpoint-group', groupArn, `--query ${quoted(query)} --output table`);
}

/** Global Accelerator's control plane is in this region alone (developer guide). */
function globalAccelerator(operation: string, groupArn: string, more: string): string {
  return `aws globalaccelerator ${operation} --region us-west-2 --endpoint-group-arn ${quoted(groupArn)} ${more}`;
}
