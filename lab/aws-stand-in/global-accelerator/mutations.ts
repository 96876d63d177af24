import { invalidArgument, transactionInProgress } from '../aws-error';
import type { Behaviour } from '../behaviour';
import type { LoadBalancers } from '../load-balancers';
import type { Members } from '../members';
import type { Operation } from '../service';
import { argument, groupIn } from './arguments';
import { configuredEndpoints, identifiedEndpoints, replacedBy, withAdded, withRemoved } from './endpoint-lists';
import { endpointShape, groupShape } from './shapes';
import type { Accelerators, AcceleratorState, GroupState } from './state';

export interface MutationContext {
  accelerators: Accelerators;
  loadBalancers: LoadBalancers;
  behaviour: Behaviour;
  /** Makes a change and has the accelerator deployed anew. */
  change: (accelerator: AcceleratorState, make: () => void) => void;
}

/** The changing actions of Global Accelerator. Each is one transaction: it throws before it has changed anything. */
export function mutationOperations(context: MutationContext): Record<string, Operation> {
  const { accelerators, loadBalancers, behaviour, change } = context;

  const refuseMeanwhile = ({ status }: AcceleratorState) => {
    if (behaviour.conflictWhileInProgress && status === 'IN_PROGRESS') throw transactionInProgress();
  };

  return {
    /** Touches the named endpoints only. */
    AddEndpoints(input) {
      const configurations = argument.list(input, 'EndpointConfigurations', { from: 1, to: 10 });
      const { group, accelerator } = groupIn(input, accelerators);
      refuseMeanwhile(accelerator);
      const additions = configuredEndpoints(configurations, loadBalancers);
      const endpoints = withAdded(group.endpoints, additions, behaviour);
      if (endpoints.length > group.endpoints.length) change(accelerator, () => (group.endpoints = endpoints));
      return { EndpointGroupArn: group.arn, EndpointDescriptions: group.endpoints.map(endpointShape) };
    },

    /** Touches the named endpoints only; the last one of a group goes like any other. */
    RemoveEndpoints(input) {
      const ids = identifiedEndpoints(argument.list(input, 'EndpointIdentifiers', { from: 1, to: 10 }));
      const { group, accelerator } = groupIn(input, accelerators);
      refuseMeanwhile(accelerator);
      const endpoints = withRemoved(group.endpoints, ids, behaviour);
      if (endpoints.length < group.endpoints.length) change(accelerator, () => (group.endpoints = endpoints));
      return {};
    },

    /**
     * EndpointConfigurations replaces the whole list when present, `[]` empties it; every other member is merged.
     * TransactionInProgressException is not among this action's errors in the API reference.
     */
    UpdateEndpointGroup(input) {
      const configurations = argument.optionalList(input, 'EndpointConfigurations', { from: 0, to: 10 });
      const { group, accelerator } = groupIn(input, accelerators);
      const settings = groupSettingsIn(input, group);
      const endpoints =
        configurations === undefined
          ? group.endpoints
          : replacedBy(group.endpoints, configuredEndpoints(configurations, loadBalancers));
      change(accelerator, () => Object.assign(group, settings, { endpoints }));
      return { EndpointGroup: groupShape(group) };
    },
  };
}

/** Ranges: API reference, UpdateEndpointGroup. */
function groupSettingsIn(
  input: Members,
  group: GroupState,
): Pick<GroupState, 'dial' | 'healthCheck' | 'portOverrides'> {
  const current = group.healthCheck;
  const port = { from: 1, to: 65_535 };
  return {
    dial: argument.optionalNumber(input, 'TrafficDialPercentage', { from: 0, to: 100 }) ?? group.dial,
    healthCheck: {
      port: argument.optionalWhole(input, 'HealthCheckPort', port) ?? current.port,
      protocol: oneOf(
        ['TCP', 'HTTP', 'HTTPS'],
        argument.optionalText(input, 'HealthCheckProtocol') ?? current.protocol,
      ),
      path: pathLike(argument.optionalText(input, 'HealthCheckPath') ?? current.path),
      intervalSeconds: oneOf(
        [10, 30],
        argument.optionalWhole(input, 'HealthCheckIntervalSeconds', { from: 10, to: 30 }) ?? current.intervalSeconds,
      ),
      threshold: argument.optionalWhole(input, 'ThresholdCount', { from: 1, to: 10 }) ?? current.threshold,
    },
    portOverrides:
      argument.optionalList(input, 'PortOverrides', { from: 0, to: 10 })?.map((override) => ({
        ListenerPort: argument.optionalWhole(override, 'ListenerPort', port) ?? 0,
        EndpointPort: argument.optionalWhole(override, 'EndpointPort', port) ?? 0,
      })) ?? group.portOverrides,
  };
}

function oneOf<T>(allowed: readonly T[], value: T): T {
  if (!allowed.includes(value)) throw invalidArgument(`${String(value)} is none of ${allowed.join(', ')}.`);
  return value;
}

function pathLike(path: string): string {
  if (!/^\/[-a-zA-Z0-9@:%_\\+.~#?&/=]*$/.test(path)) throw invalidArgument(`${path} is no health check path.`);
  return path;
}
