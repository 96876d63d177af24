import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';

/**
 * `@temporalio/client` brings protobufjs 7 by way of gRPC's loader; hoisted above version 8 it breaks every conversion of
 * protos from and to JSON ("type must be a Type"), and with it replay. A direct dependency on version 8 prevents that.
 */
describe('protobufjs', () => {
  it('is hoisted as the version that Temporal converts with', () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the version that is resolved from here is the point
    const { version } = require('protobufjs/package.json') as { version: string };

    expect(version).toMatch(/^8\./);
  });

  it('turns a history into JSON and back', () => {
    const started = { workflowType: { name: 'sitePairRun' } };
    const event = { eventId: '1', eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED' };
    const json = { events: [{ ...event, workflowExecutionStartedEventAttributes: started }] };

    const there = historyFromJSON(json);

    expect(there.events?.[0]?.eventType).toBe(1);
    expect(JSON.parse(historyToJSON(there))).toMatchObject({ events: [{ eventId: '1', eventType: event.eventType }] });
  });
});
