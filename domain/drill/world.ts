import { recordOutcome } from '../command-outcome';
import type { Command } from '../command';
import type { CacheComparison, Comparison } from '../comparison';
import type { Cut } from '../cuts';
import { afterCommand, imagined, readIn, type ImaginedWorld } from '../imagined-world';
import { readAt, type Observation } from '../observation';
import type { CacheName, SitePair } from '../site-pair';
import type { RunState } from '../state';
import { seconds, type EpochMs } from '../time';

/** The imagined world of a drill: commands take effect at once, and sites that are compared are found equal. */
export class DrillWorld {
  private world: ImaginedWorld;
  private healed = false;

  constructor(
    private readonly pair: SitePair,
    observation: Observation,
    cuts: readonly Cut[],
  ) {
    this.world = imagined(observation, cuts);
  }

  read(at: EpochMs): Observation {
    return readIn(this.world, this.pair, at);
  }

  get isHealed(): boolean {
    return this.healed;
  }

  /** Nothing is cut any more; what a device switched off stays off. */
  heal(): void {
    this.healed = true;
    this.world = { ...this.world, cuts: [] };
  }

  /** @returns what the run remembers of it: accepted, within a second. */
  carryOut(state: RunState, command: Command, at: EpochMs): RunState {
    const round = state.commands.round + 1;
    const comparison = command.kind === 'compareSites' ? this.compared(command, at) : undefined;
    this.world = afterCommand(this.world, command, at);
    const memory = { ...state.commands, round };
    const outcome = { accepted: { at, ...(comparison && { comparison }) } };
    return { ...state, commands: recordOutcome(memory, command, outcome, at + seconds(1), { at, round }) };
  }

  private compared(command: Extract<Command, { kind: 'compareSites' }>, at: EpochMs): Comparison {
    const { keepSite, staleSite, epoch, caches } = command;
    const { observation } = this.world;
    const sizes = readAt(observation, keepSite, 'sizes') ?? readAt(observation, staleSite, 'sizes') ?? {};
    const equal = (cache: CacheName): CacheComparison => {
      const entries = sizes[cache] ?? 0;
      return { keepEntries: entries, staleEntries: entries, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 };
    };
    return {
      keepSite,
      staleSite,
      epoch,
      startedAt: at,
      endedAt: at,
      keepSiteStartedAt: readAt(observation, keepSite, 'startedAt') ?? 0,
      staleSiteStartedAt: readAt(observation, staleSite, 'startedAt') ?? 0,
      caches: Object.fromEntries(caches.map((cache) => [cache, equal(cache)])),
    };
  }
}
