import { createNetworkGateway } from '../../../gateways/network';
import { noHurry } from '../../support/outcome';

const obstaclesOf = (address: string, command: readonly [string, ...string[]]) =>
  createNetworkGateway({
    ...{ key: 'observer.network', addresses: [address], urls: [], timeoutMs: 100 },
    ...{ ping: command, ping6: command },
  }).readObstacles(noHurry());

describe('why a ping cannot be carried out', () => {
  it.each([
    ['missing', ['no-such-ping']],
    ['not ending by itself', ['sleep', '600']],
    ['ended by a fault of its own', ['sh', '-c', 'kill -SEGV $$']],
    ['called in a way that it does not know', ['sh', '-c', 'echo "usage: ping host" >&2; exit 2']],
  ] as const)('%s, is said with the key of the command that was run', async (_what, command) => {
    expect(await obstaclesOf('127.0.0.1', command)).toEqual([expect.stringMatching(/observer\.network\.ping\b/)]);
    expect(await obstaclesOf('::1', command)).toEqual([expect.stringMatching(/observer\.network\.ping6\b/)]);
  });
});
