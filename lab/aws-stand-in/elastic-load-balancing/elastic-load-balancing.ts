import { loadBalancerNotFound, validationError } from '../aws-error';
import { namedBy, type LoadBalancer, type LoadBalancers } from '../load-balancers';
import { MemberReader, type Members } from '../members';
import { queryProtocol } from '../protocols/query';
import type { CallScope, Service } from '../service';
import { loadBalancerShape, tagDescription } from './shapes';

const parameter = new MemberReader(validationError);

/** Both DescribeTags and DescribeLoadBalancers take so many at once (ELBv2 API reference). */
const describedAtOnce = 20;

/** Elastic Load Balancing v2 of one account: a caller sees the load balancers of the region that it signs for. */
export function elasticLoadBalancing(loadBalancers: LoadBalancers): Service {
  const inRegion = ({ region }: CallScope) => loadBalancers.all.filter(({ arn }) => namedBy(arn).region === region);

  return {
    name: 'elasticloadbalancing',
    protocol: queryProtocol({
      version: '2015-12-01',
      namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    }),
    operations: {
      /** One that is not there fails the whole call. */
      DescribeTags(input, scope) {
        const arns = textsIn(input, 'ResourceArns', 'tags');
        if (arns === undefined || arns.length === 0) throw validationError('ResourceArns must name one at least.');
        return { TagDescriptions: allFound(arns, inRegion(scope), scope).map(tagDescription) };
      },

      DescribeLoadBalancers(input, scope) {
        const { page, ...next } = pageOf(chosen(input, inRegion(scope), scope), input);
        return { LoadBalancers: page.map(loadBalancerShape), ...next };
      },
    },
    errors: {
      accessDenied: ['AccessDenied', 403],
      throttled: ['Throttling', 400],
      internal: ['InternalFailure', 500],
      badSignature: ['SignatureDoesNotMatch', 403],
      unknownKey: ['InvalidClientTokenId', 403],
    },
  };
}

function chosen(input: Members, there: readonly LoadBalancer[], scope: CallScope): readonly LoadBalancer[] {
  const arns = textsIn(input, 'LoadBalancerArns', 'load balancers');
  const names = textsIn(input, 'Names', 'load balancers');
  if (arns !== undefined && names !== undefined) {
    throw validationError('Load balancer names and ARNs cannot be specified at the same time');
  }
  if (arns !== undefined) return allFound(arns, there, scope);
  if (names === undefined) return there;
  const named = there.filter(({ arn }) => names.includes(namedBy(arn).name));
  if (named.length < new Set(names).size)
    throw loadBalancerNotFound(`Load balancers '[${names.join(', ')}]' not found`);
  return named;
}

/** To a region, the ARN of another one is no ARN at all. */
function allFound(arns: readonly string[], there: readonly LoadBalancer[], { region }: CallScope): LoadBalancer[] {
  const isValid = (arn: string) =>
    /^arn:aws:elasticloadbalancing:[^:]+:\d{12}:loadbalancer\/.+$/.test(arn) && namedBy(arn).region === region;
  const invalid = arns.find((arn) => !isValid(arn));
  if (invalid !== undefined) throw validationError(`'${invalid}' is not a valid load balancer ARN`);
  return arns.map((wanted) => {
    const found = there.find(({ arn }) => arn === wanted);
    if (found === undefined) throw loadBalancerNotFound('One or more load balancers not found');
    return found;
  });
}

/** Over the wire an empty list is the bare name with nothing behind it. */
function textsIn(input: Members, name: string, what: string): string[] | undefined {
  const texts = input[name] === '' ? [] : parameter.optionalTexts(input, name, { from: 0, to: Infinity });
  if (texts !== undefined && texts.length > describedAtOnce) {
    throw validationError(
      `Up to ${describedAtOnce} ${what} can be described at a time, but ${texts.length} were specified`,
    );
  }
  return texts;
}

/** `PageSize` 1..400, 400 when absent; `Marker` is opaque to callers (ELBv2 API reference, DescribeLoadBalancers). */
function pageOf(all: readonly LoadBalancer[], input: Members): { page: readonly LoadBalancer[]; NextMarker?: string } {
  const size = Number(parameter.optionalText(input, 'PageSize') ?? 400);
  if (!Number.isInteger(size) || size < 1 || size > 400) throw validationError('PageSize must be from 1 to 400');
  const marker = parameter.optionalText(input, 'Marker');
  const start = marker === undefined ? 0 : all.findIndex(({ arn }) => markerOf(arn) === marker);
  if (start < 0) throw validationError('Marker is not one of this list');
  const next = all[start + size];
  return { page: all.slice(start, start + size), ...(next && { NextMarker: markerOf(next.arn) }) };
}

const markerOf = (arn: string) => Buffer.from(arn).toString('base64url');
