import {
  AddEndpointsCommand,
  DescribeAcceleratorCommand,
  DescribeEndpointGroupCommand,
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
  ListEndpointGroupsCommand,
  ListListenersCommand,
  RemoveEndpointsCommand,
  type EndpointConfiguration,
  type GlobalAcceleratorClientConfig,
} from '@aws-sdk/client-global-accelerator';
import { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';
import { requestHandler, timeIsUp } from '../aws-sdk';
import { endedBy } from '../ended-by';
import type { Sending } from '../ports';
import * as answers from './answers';
import { toFailure } from './failures';

// The API's maximum; its default is 10, and what is not asked for is silently left out (API reference, ListAccelerators).
const pageSize = 100;

export type Calls = ReturnType<typeof createCalls>;

/**
 * The calls to Global Accelerator's control plane, each with its answer parsed and its error named.
 * It exists only in us-west-2 (developer guide, "Global Accelerator endpoints and quotas").
 */
export function createCalls(config: GlobalAcceleratorClientConfig = {}) {
  const shared = { customUserAgent: 'sitewarden', ...config, region: 'us-west-2' };
  const reading = new GlobalAcceleratorClient({
    ...shared,
    maxAttempts: 2,
    requestHandler: requestHandler({ requestTimeout: 1_500 }),
  });
  // One attempt: a second one of the SDK's own could leave after the command's deadline.
  const changing = new GlobalAcceleratorClient({
    ...shared,
    credentials: reading.config.credentials,
    maxAttempts: 1,
    requestHandler: requestHandler({ requestTimeout: 3_500 }),
  });

  const read = <T>(
    command: ReadCommand,
    operation: string,
    schema: z.ZodType<T>,
    abortSignal: AbortSignal,
  ): Promise<T> =>
    named(operation, abortSignal, async () => schema.parse(await reading.send(command as never, { abortSignal })));

  const change = (command: ChangeCommand, operation: string, { commandId, signal }: Sending): Promise<void> => {
    carry(commandId, command.middlewareStack);
    // The SDK mends a signature of a wrong clock by a second attempt; here, by what the reads before have learnt.
    changing.config.systemClockOffset = reading.config.systemClockOffset;
    return named(operation, signal, async () => {
      await changing.send(command as never, { abortSignal: signal });
    });
  };

  return {
    async describeAccelerator(arn: string, signal: AbortSignal) {
      const command = new DescribeAcceleratorCommand({ AcceleratorArn: arn });
      const answer = await read(
        command,
        'DescribeAccelerator',
        z.object({ Accelerator: answers.accelerator.extend({ AcceleratorArn: z.literal(arn) }) }),
        signal,
      );
      return answer.Accelerator;
    },

    async describeGroup(arn: string, signal: AbortSignal) {
      const command = new DescribeEndpointGroupCommand({ EndpointGroupArn: arn });
      const answer = await read(
        command,
        'DescribeEndpointGroup',
        z.object({ EndpointGroup: answers.group.extend({ EndpointGroupArn: z.literal(arn) }) }),
        signal,
      );
      return answer.EndpointGroup;
    },

    /** The header `Date` of an answer; a refusal is an answer as well. */
    async dateAt(acceleratorArn: string, signal: AbortSignal): Promise<string | undefined> {
      const command = new DescribeAcceleratorCommand({ AcceleratorArn: acceleratorArn });
      const seen: { date?: string } = {};
      noteDate(command.middlewareStack, seen);
      await read(command, 'DescribeAccelerator', z.unknown(), signal).catch((error: unknown) => {
        if (seen.date === undefined) throw error;
      });
      return seen.date;
    },

    listAccelerators: (signal: AbortSignal) =>
      allPages(async (NextToken) => {
        const command = new ListAcceleratorsCommand({ MaxResults: pageSize, NextToken });
        const page = await read(command, 'ListAccelerators', answers.accelerators, signal);
        return { items: page.Accelerators, next: page.NextToken };
      }),

    listListeners: (acceleratorArn: string, signal: AbortSignal) =>
      allPages(async (NextToken) => {
        const command = new ListListenersCommand({ AcceleratorArn: acceleratorArn, MaxResults: pageSize, NextToken });
        const page = await read(command, 'ListListeners', answers.listeners, signal);
        return { items: page.Listeners, next: page.NextToken };
      }),

    listGroups: (listenerArn: string, signal: AbortSignal) =>
      allPages(async (NextToken) => {
        const command = new ListEndpointGroupsCommand({ ListenerArn: listenerArn, MaxResults: pageSize, NextToken });
        const page = await read(command, 'ListEndpointGroups', answers.groups, signal);
        return { items: page.EndpointGroups, next: page.NextToken };
      }),

    removeEndpoint(groupArn: string, endpointId: string, sending: Sending): Promise<void> {
      const command = new RemoveEndpointsCommand({
        EndpointGroupArn: groupArn,
        EndpointIdentifiers: [{ EndpointId: endpointId }],
      });
      return change(command, 'RemoveEndpoints', sending);
    },

    addEndpoint(groupArn: string, endpoint: EndpointConfiguration, sending: Sending): Promise<void> {
      const command = new AddEndpointsCommand({ EndpointGroupArn: groupArn, EndpointConfigurations: [endpoint] });
      return change(command, 'AddEndpoints', sending);
    },

    close(): void {
      reading.destroy();
      changing.destroy();
    },
  };
}

type ReadCommand =
  | DescribeAcceleratorCommand
  | DescribeEndpointGroupCommand
  | ListAcceleratorsCommand
  | ListListenersCommand
  | ListEndpointGroupsCommand;

type ChangeCommand = RemoveEndpointsCommand | AddEndpointsCommand;

async function named<T>(operation: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await endedBy(signal, timeIsUp, run);
  } catch (error) {
    throw toFailure(operation, error);
  }
}

/** Adds the command id to the User-Agent, which is not signed. */
function carry(commandId: string, stack: ChangeCommand['middlewareStack']) {
  const token = `cmd/${commandId.replace(/[^\w./:-]/g, '-')}`;
  (stack as RemoveEndpointsCommand['middlewareStack']).add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = `${headers['user-agent'] ?? ''} ${token}`.trim();
      return next(args);
    },
    { step: 'finalizeRequest', name: 'sitewardenCommandId', priority: 'low' },
  );
}

/** Next to the connection, before the SDK corrects its own idea of the time by it. */
function noteDate(stack: DescribeAcceleratorCommand['middlewareStack'], seen: { date?: string }) {
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = (result.response ?? {}) as { headers?: Record<string, string> };
      seen.date ??= headers['date'] ?? headers['Date'];
      return result;
    },
    { step: 'deserialize', name: 'sitewardenDate', priority: 'low' },
  );
}

async function allPages<T>(read: (next: string | undefined) => Promise<{ items: T[]; next?: string }>): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  let next: string | undefined;
  do {
    const page = await read(next);
    all.push(...page.items);
    next = page.next;
    if (next && seen.has(next)) {
      const message = 'Global Accelerator gave the same page token twice.';
      throw new OperatingFailure('TrafficAnswerUnreadable', message, { retryable: true });
    }
    if (next) seen.add(next);
  } while (next);
  return all;
}
