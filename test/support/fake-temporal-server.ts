import type { EpochMs } from '../../domain/time';
import type { TemporalServerGateway } from '../../gateways/ports';

/** What Temporal tells of itself; a test may change it. Every alert path was heard when it is asked. */
export function fakeTemporalServer(clock: () => EpochMs = Date.now) {
  const heard = new Map<string, EpochMs | 'never'>();
  const told = { heard, retentionSeconds: 7 * 86_400 };
  const gateway: TemporalServerGateway = {
    readAlertPath: async (pair, reporter) => heard.get(`${pair}/${reporter}`) ?? clock(),
    readRetentionSeconds: async () => told.retentionSeconds,
  };
  return { ...gateway, told };
}
