import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { EndpointHealth } from '../../../domain/observation';
import type { Behaviour } from '../behaviour';
import type { Clock } from '../clock';
import type { LoadBalancer, LoadBalancers } from '../load-balancers';
import type { Accelerators, EndpointState } from './state';

export interface HealthCheckContext {
  accelerators: Accelerators;
  loadBalancers: LoadBalancers;
  behaviour: Behaviour;
  clock: Clock;
  changed: () => void;
}

/**
 * Gives endpoints their health state: from probing the load balancer's health URL, or as it was set.
 * Each load balancer is probed once per interval, however many endpoints point at it.
 */
export class HealthChecks {
  private readonly probes = new Set<http.ClientRequest>();
  private closed = false;
  private readonly scheduled = new Set<() => void>();

  constructor(private readonly context: HealthCheckContext) {}

  /** Begins to watch a load balancer that was added. */
  watch(loadBalancer: LoadBalancer): void {
    if (loadBalancer.healthUrl === undefined) return;
    this.later(this.context.behaviour.healthCheckIntervalMs, () => void this.round(loadBalancer));
  }

  /** New endpoints of a load balancer whose health is set take it over after a while; probed ones wait for a probe. */
  settle(): void {
    const { accelerators, loadBalancers, behaviour } = this.context;
    for (const { arn, health } of loadBalancers.all) {
      const fresh = accelerators.endpointsAt(arn).filter((endpoint) => endpoint.health === 'INITIAL');
      if (health === 'probed' || health === 'INITIAL' || fresh.length === 0) continue;
      this.later(behaviour.initialHealthMs, () => {
        const latest = loadBalancers.get(arn).health;
        if (latest === 'probed') return;
        for (const endpoint of fresh) endpoint.health = latest;
        this.context.changed();
      });
    }
  }

  /** Sets the health of all endpoints of a load balancer, now and until set otherwise; or hands it back to probing. */
  set(arn: string, health: EndpointHealth | 'probed'): void {
    const { accelerators, loadBalancers, changed } = this.context;
    const loadBalancer = loadBalancers.get(arn);
    if (health === 'probed' && loadBalancer.healthUrl === undefined) throw new Error(`${arn} has no health URL.`);
    loadBalancer.health = health;
    if (health !== 'probed') for (const endpoint of accelerators.endpointsAt(arn)) become(endpoint, health);
    changed();
  }

  close(): void {
    this.closed = true;
    for (const probe of this.probes) probe.destroy();
    for (const callOff of this.scheduled) callOff();
    this.scheduled.clear();
  }

  private later(ms: number, run: () => void): void {
    const callOff = this.context.clock.after(ms, () => {
      this.scheduled.delete(callOff);
      run();
    });
    this.scheduled.add(callOff);
  }

  private async round(loadBalancer: LoadBalancer): Promise<void> {
    const { accelerators, loadBalancers, behaviour, changed } = this.context;
    const { arn, healthUrl } = loadBalancer;
    const probed = () => loadBalancer.health === 'probed' && loadBalancers.find(arn) === loadBalancer;
    if (healthUrl !== undefined && probed() && accelerators.endpointsAt(arn).length > 0) {
      const result = (await this.probe(healthUrl)) ? 'HEALTHY' : 'UNHEALTHY';
      // Looked at again: endpoints may have come and gone, and the health been set, during the probe.
      const endpoints = probed() ? accelerators.endpointsAt(arn) : [];
      for (const endpoint of endpoints) take(endpoint, result, behaviour.healthCheckThreshold);
      changed();
    }
    if (!this.closed && loadBalancers.find(arn) === loadBalancer) this.watch(loadBalancer);
  }

  /**
   * For a load balancer endpoint Global Accelerator takes over the health of its targets (developer guide, "Changing
   * health check options"); a Network Load Balancer's HTTP checks accept 200..399 and verify no certificate (ELB guide).
   */
  private async probe(url: string): Promise<boolean> {
    const get = url.startsWith('https:') ? https.get : http.get;
    const request = get(url, { agent: false, rejectUnauthorized: false });
    // An aborted probe may fail once more after it was judged; nobody has to hear of that.
    request.on('error', () => undefined);
    const bound = setTimeout(() => request.destroy(), this.context.behaviour.healthCheckTimeoutMs);
    this.probes.add(request);
    try {
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.on('error', () => undefined).resume();
      return response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 400;
    } catch {
      return false;
    } finally {
      clearTimeout(bound);
      this.probes.delete(request);
      request.destroy();
    }
  }
}

function take(endpoint: EndpointState, result: EndpointHealth, threshold: number): void {
  endpoint.contraryResults = endpoint.health === result ? 0 : endpoint.contraryResults + 1;
  if (endpoint.health === 'INITIAL' || endpoint.contraryResults >= threshold) become(endpoint, result);
}

function become(endpoint: EndpointState, health: EndpointHealth): void {
  endpoint.health = health;
  endpoint.contraryResults = 0;
}
