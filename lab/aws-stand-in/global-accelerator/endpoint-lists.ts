import {
  accessDenied,
  endpointAlreadyExists,
  endpointNotFound,
  invalidArgument,
  limitExceeded,
  type AwsError,
} from '../aws-error';
import type { Behaviour } from '../behaviour';
import type { LoadBalancers } from '../load-balancers';
import type { Members } from '../members';
import { argument } from './arguments';
import { endpointOf, type EndpointSpec } from './seed';
import type { EndpointState } from './state';

/** Quota "Endpoints per endpoint group" (Global Accelerator developer guide). */
const endpointsPerGroup = 10;

/** Reads EndpointConfigurations: weight 0..255, nothing twice, every load balancer there and active. */
export function configuredEndpoints(configurations: Members[], loadBalancers: LoadBalancers): EndpointSpec[] {
  const specs = configurations.map((configuration) => ({
    endpointId: argument.text(configuration, 'EndpointId'),
    weight: argument.optionalWhole(configuration, 'Weight', { from: 0, to: 255 }),
    clientIpPreservation: argument.optionalFlag(configuration, 'ClientIPPreservationEnabled'),
    attachmentArn: argument.optionalText(configuration, 'AttachmentArn'),
  }));
  refuseRepeated(specs.map(({ endpointId }) => endpointId));
  for (const spec of specs) refuseUnusable(spec, loadBalancers);
  return specs;
}

/** Reads EndpointIdentifiers. No load balancer is looked up: one that is gone can still be removed. */
export function identifiedEndpoints(identifiers: Members[]): string[] {
  const ids = identifiers.map((identifier) => argument.text(identifier, 'EndpointId'));
  refuseRepeated(ids);
  return ids;
}

/** The group's list with `additions` behind what is there; an endpoint that is there already is never modified. */
export function withAdded(
  present: readonly EndpointState[],
  additions: readonly EndpointSpec[],
  { presentEndpoint }: Behaviour,
): EndpointState[] {
  const isPresent = ({ endpointId }: EndpointSpec) => present.some((endpoint) => endpoint.endpointId === endpointId);
  const again = additions.find(isPresent);
  if (again !== undefined && presentEndpoint !== 'succeed') throw repeatedly(again.endpointId, presentEndpoint);
  return withinQuota([...present, ...additions.filter((addition) => !isPresent(addition)).map(endpointOf)]);
}

export function withRemoved(
  present: readonly EndpointState[],
  ids: readonly string[],
  { absentEndpoint }: Behaviour,
): EndpointState[] {
  const missing = ids.find((id) => !present.some(({ endpointId }) => endpointId === id));
  if (missing !== undefined && absentEndpoint !== 'succeed') throw endpointNotFound(missing);
  return present.filter(({ endpointId }) => !ids.includes(endpointId));
}

/**
 * The whole list replaced: what is not named is gone, a weight or a client IP setting that is not given is back at its
 * default. An endpoint that stays keeps its health.
 */
export function replacedBy(present: readonly EndpointState[], specs: readonly EndpointSpec[]): EndpointState[] {
  const stays = (id: string) => present.find(({ endpointId }) => endpointId === id);
  return withinQuota(specs.map((spec) => ({ ...endpointOf(spec), ...healthOf(stays(spec.endpointId)) })));
}

function healthOf(endpoint: EndpointState | undefined): Partial<EndpointState> {
  return endpoint === undefined ? {} : { health: endpoint.health, contraryResults: endpoint.contraryResults };
}

function withinQuota(endpoints: EndpointState[]): EndpointState[] {
  if (endpoints.length > endpointsPerGroup) {
    throw limitExceeded(`An endpoint group has at most ${endpointsPerGroup} endpoints.`);
  }
  return endpoints;
}

function refuseRepeated(ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw invalidArgument(`Endpoint ${repeated} is named twice.`);
}

function refuseUnusable({ endpointId: id, attachmentArn }: EndpointSpec, loadBalancers: LoadBalancers): void {
  const loadBalancer = loadBalancers.find(id);
  if (loadBalancer === undefined) throw invalidArgument(`There is no load balancer ${id}.`);
  const { state } = loadBalancer;
  if (state !== 'active' && state !== 'active_impaired') {
    throw invalidArgument(`Load balancer ${id} is ${state}, not active.`);
  }
  if (loadBalancer.attachmentArn !== undefined && loadBalancer.attachmentArn !== attachmentArn) {
    throw accessDenied(`Load balancer ${id} is another account's: name the attachment that shares it.`);
  }
}

function repeatedly(id: string, as: 'EndpointAlreadyExistsException' | 'InvalidArgumentException'): AwsError {
  return as === 'InvalidArgumentException'
    ? invalidArgument(`Endpoint ${id} is in the group already.`)
    : endpointAlreadyExists(id);
}
