import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../../../client/cli/surroundings';
import { Trouble } from '../../../client/cli/trouble';
import type { PairStatus } from '../../../client/site-pair-client';
import { toSitePair } from '../../../config';
import type { Mode } from '../../../domain/site-pair';
import { emergencyOn } from '../../../worker/emergency';
import { EmergencyFence, type EmergencyEnd } from '../../../worker/emergency-fence';
import type { EmergencyJournal } from '../../../worker/emergency-journal';
import { CommandLine, type Ran } from '../../support/command-line';
import type { FakeFenceDevice } from '../../support/fake-fence-device';
import { FakeWorld, type FakeWorldOptions } from '../../support/fake-world';
import { now, pair } from '../../support/observations';
import { temporaryFolder } from '../../support/temporary-folder';
import { FakeRuns, noRegistry } from '../cli/fake-runs';

/** One line of a journal. */
export type Line = Record<string, unknown> & { at: string; entry: string };

/**
 * `sitewarden emergency` on two fake sites, with a clock that goes on only while the command pauses.
 * Temporal is down unless a test says what it answers.
 */
export class AnEmergency {
  readonly world: FakeWorld;
  readonly journalFile: string;
  readonly stop = new AbortController();
  temporal: PairStatus | 'down' = 'down';
  mode: Mode = 'act';
  /** As configured, and the fakes that they are. */
  devices?: { fenceDevices: readonly object[]; fakes: Readonly<Record<string, FakeFenceDevice>> };
  private time = now;
  private sleptMs = 0;

  constructor(options: FakeWorldOptions = {}) {
    const caches = ['actionTokens', 'authenticationSessions', 'loginFailures', 'work'];
    this.world = new FakeWorld({ caches, clock: () => this.time, ...options });
    this.journalFile = join(temporaryFolder(), 'journal.jsonl');
  }

  run(...args: readonly string[]): Promise<Ran> {
    const { fenceDevices } = this.devices ?? {};
    const cli = new CommandLine({ pairs: ['keycloak-prod'], fenceDevices, surroundings: this.surroundings() });
    if (this.mode === 'shadow') {
      const text = readFileSync(cli.configFile, 'utf8');
      writeFileSync(cli.configFile, text.replace('name: keycloak-prod\n', 'name: keycloak-prod\n    mode: shadow\n'));
    }
    return cli.run('emergency', 'keycloak-prod', '--site', 'site-b', ...args);
  }

  perform(...more: readonly string[]): Promise<Ran> {
    const said = ['--reason', 'Temporal is down', '--confirm', 'site-b', '--journal', this.journalFile];
    return this.run('--perform', ...said, ...more);
  }

  /** The machine sleeps: of the two clocks only the wall's goes on. */
  sleep(ms: number): void {
    this.sleptMs += ms;
  }

  /** Milliseconds since the command began. */
  get elapsedMs(): number {
    return this.time - now;
  }

  calls(): string[] {
    return this.world.journal.map(({ call, where }) => (call === 'takeBackupOffline' ? `${call} on ${where}` : call));
  }

  lines(): Line[] {
    const text = readFileSync(this.journalFile, 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  }

  entries(): string[] {
    return this.lines().map(({ entry }) => entry);
  }

  get journalMode(): string {
    return (statSync(this.journalFile).mode & 0o777).toString(8);
  }

  /** The fence alone, with a journal of one's own. */
  fence(journal: EmergencyJournal): Promise<EmergencyEnd> {
    const request = {
      site: 'site-b',
      by: 'alice@laptop',
      reason: 'a test',
      withinSeconds: 120,
      stop: this.stop.signal,
    };
    const told = { circumstances: {}, tell: () => undefined };
    const configured = {
      pair: { ...pair, caches: this.world.caches },
      configHash: 'cafe0000',
      gateways: this.world.gateways(),
    };
    return new EmergencyFence(configured, { ...request, ...told }, { clock: this.clock(), journal }).run();
  }

  private clock() {
    return {
      now: () => this.time + this.sleptMs,
      monotonicMs: () => this.time,
      pause: (ms: number) => Promise.resolve(void (this.time += ms)),
    };
  }

  private surroundings(): Partial<Surroundings> {
    const clock = this.clock();
    return {
      clock,
      interruption: () => this.stop.signal,
      openTemporal: () => {
        if (this.temporal === 'down')
          return Promise.reject(new Trouble(5, 'Temporal at localhost:7233 does not answer.'));
        const runs = new FakeRuns();
        runs.statuses = [this.temporal];
        return Promise.resolve({
          namespace: 'default',
          runs,
          searchAttributes: noRegistry,
          close: () => Promise.resolve(),
        });
      },
      openEmergency: ({ config, pair: asked }) => {
        const found = config.sitePairs.find(({ name }) => name === asked);
        if (!found) throw new Error(`no ${asked}`);
        const gateways = { ...this.world.gateways(), ...(this.devices && { devices: this.devices.fakes }) };
        const configured = { pair: toSitePair(found), configHash: 'cafe0000', gateways };
        return emergencyOn(configured, { closers: [], clock });
      },
    };
  }
}
