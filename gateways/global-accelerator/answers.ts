import { z } from 'zod';
import type { EndpointGroup } from '../../domain/observation';
import type { SiteName } from '../../domain/site-pair';

/*
 * What is read of Global Accelerator's answers (API reference: Accelerator, Listener, EndpointGroup, EndpointDescription).
 * A missing list of endpoints is unreadable, not empty: silence must never look like "the site is out of traffic".
 */

export const accelerator = z.object({
  AcceleratorArn: z.string(),
  DnsName: z.string().optional(),
  DualStackDnsName: z.string().optional(),
  Status: z.enum(['DEPLOYED', 'IN_PROGRESS']),
});

const endpoint = z.object({
  EndpointId: z.string(),
  Weight: z.number().int().min(0).max(255),
  // Optional in the API, and not there before the first health check: not known yet is what INITIAL means.
  HealthState: z.enum(['INITIAL', 'HEALTHY', 'UNHEALTHY']).default('INITIAL'),
  // Not there for kinds of endpoints that cannot preserve it.
  ClientIPPreservationEnabled: z.boolean().default(false),
});

export const group = z.object({
  EndpointGroupArn: z.string(),
  EndpointGroupRegion: z.string(),
  TrafficDialPercentage: z.number().min(0).max(100),
  EndpointDescriptions: z.array(endpoint),
});

const nextToken = { NextToken: z.string().min(1).optional() };
export const accelerators = z.object({ Accelerators: z.array(accelerator), ...nextToken });
export const listeners = z.object({ Listeners: z.array(z.object({ ListenerArn: z.string() })), ...nextToken });
export const groups = z.object({ EndpointGroups: z.array(group), ...nextToken });

export type GroupAnswer = z.infer<typeof group>;
export type LoadBalancers = Readonly<Record<SiteName, string>>;

/** An endpoint is a site's when it points at that site's load balancer. */
export function toEndpointGroup(answer: GroupAnswer, loadBalancers: LoadBalancers): EndpointGroup {
  return {
    arn: answer.EndpointGroupArn,
    region: answer.EndpointGroupRegion,
    dial: answer.TrafficDialPercentage,
    endpoints: answer.EndpointDescriptions.map((each) => ({
      ...siteOf(each.EndpointId, loadBalancers),
      endpointId: each.EndpointId,
      weight: each.Weight,
      health: each.HealthState,
      clientIpPreservation: each.ClientIPPreservationEnabled,
    })),
  };
}

function siteOf(endpointId: string, loadBalancers: LoadBalancers): { site?: SiteName } {
  const found = Object.entries(loadBalancers).find(([, arn]) => arn === endpointId);
  return found ? { site: found[0] } : {};
}
