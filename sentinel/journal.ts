import { Counter, Gauge, type Registry } from 'prom-client';
import type { NetworkProbe, SettledNetwork } from '../domain/isolation';
import type { DownBecause } from '../domain/sentinel';
import type { Logger } from '../runtime/logging';

type Site = Readonly<Record<'pair' | 'site', string>>;

const looks = ['connected', 'isolated', 'unsettled'] as const;
const reasons = ['isolated', 'withoutLock'] as const;

export function sentinelMetrics(registry: Registry) {
  const registers = [registry];
  return {
    siteDown: new Gauge({
      name: 'sitewarden_sentinel_site_down',
      help: '1 for the reason for which the sentinel keeps its site down, 0 for every other one.',
      labelNames: ['pair', 'site', 'because'],
      registers,
    }),
    network: new Gauge({
      name: 'sitewarden_sentinel_network',
      help: '1 for what the rounds of the network check come to, 0 for everything else.',
      labelNames: ['pair', 'site', 'look'],
      registers,
    }),
    probes: new Counter({
      name: 'sitewarden_sentinel_probes_total',
      help: 'Targets that were asked, by outcome: reached, silent, or notCarriedOut, which proves nothing.',
      labelNames: ['pair', 'site', 'outcome'],
      registers,
    }),
    commands: new Counter({
      name: 'sitewarden_sentinel_commands_total',
      help: 'Stops and starts of the application, by outcome: ok, or the type of the failure.',
      labelNames: ['pair', 'site', 'command', 'outcome'],
      registers,
    }),
    lockHeld: new Gauge({
      name: 'sitewarden_sentinel_lock_held',
      help: "1 while the sentinel holds the pair's lock; absent for one without a lock.",
      labelNames: ['pair', 'site'],
      registers,
    }),
  };
}

/** What a sentinel tells of itself: every line begins with `[sentinel]`. Of one topic the same sentence is not said twice in a row. */
export class SentinelJournal {
  private readonly metrics: ReturnType<typeof sentinelMetrics>;
  private readonly lastSaid = new Map<string, string>();
  private lastNetwork: SettledNetwork | undefined;

  constructor(
    private readonly logger: Logger,
    registry: Registry,
    private readonly of: Site,
  ) {
    this.metrics = sentinelMetrics(registry);
    this.down(undefined);
  }

  info(sentence: string, fields: object = {}): void {
    this.logger.info({ ...this.of, ...fields }, `[sentinel] ${sentence}`);
  }

  warn(sentence: string, fields: object = {}): void {
    this.logger.warn({ ...this.of, ...fields }, `[sentinel] ${sentence}`);
  }

  error(sentence: string, fields: object = {}): void {
    this.logger.error({ ...this.of, ...fields }, `[sentinel] ${sentence}`);
  }

  /** @returns whether it is news, and was said. */
  news(topic: 'waits' | 'hindered' | 'renewal', sentence: string, level: 'info' | 'warn' = 'info'): boolean {
    if (this.lastSaid.get(topic) === sentence) return false;
    this.lastSaid.set(topic, sentence);
    this[level](sentence);
    return true;
  }

  /** What is said next of it is news. */
  over(topic: 'waits' | 'hindered' | 'renewal'): void {
    this.lastSaid.delete(topic);
  }

  round({ probes, settled }: { probes: readonly NetworkProbe[]; settled: SettledNetwork }): void {
    for (const { outcome } of probes) this.metrics.probes.inc({ ...this.of, outcome });
    for (const look of looks) this.metrics.network.set({ ...this.of, look }, look === settled ? 1 : 0);
    const hindered = probes.filter(({ outcome }) => outcome === 'notCarriedOut');
    const said = hindered.map(({ target, says }) => `${target} (${says ?? 'unknown'})`).join(', ');
    if (hindered.length === 0) this.over('hindered');
    else this.news('hindered', `These targets could not be asked, which proves nothing: ${said}.`, 'warn');
    if (settled === this.lastNetwork) return;
    this.lastNetwork = settled;
    const targets = probes.map(({ target, outcome, says }) => ({ target, outcome, says }));
    const words = { connected: 'is connected', isolated: 'is isolated', unsettled: 'is not settled' };
    this[settled === 'isolated' ? 'warn' : 'info'](`The network of ${this.of.site} ${words[settled]}.`, { targets });
  }

  down(because: DownBecause | undefined): void {
    for (const reason of reasons)
      this.metrics.siteDown.set({ ...this.of, because: reason }, reason === because ? 1 : 0);
  }

  command(command: 'stop' | 'start', outcome: string): void {
    this.metrics.commands.inc({ ...this.of, command, outcome });
  }

  lock(held: boolean): void {
    this.metrics.lockHeld.set(this.of, held ? 1 : 0);
  }
}
