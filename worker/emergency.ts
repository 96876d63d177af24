import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfiguredPair } from '../activities/dependencies';
import { observe } from '../activities/observe';
import type { Environment, SitewardenConfig } from '../config';
import type { Observation } from '../domain/observation';
import { rehearseFence, type FencePlan } from '../domain/rehearse';
import { verdictOf, type Verdict } from '../domain/verdict';
import { createCredentialSource } from '../gateways/secrets';
import type { Closer } from '../runtime/shutdown';
import { composePairs } from './compose';
import { EmergencyFence, type EmergencyClock, type EmergencyEnd, type EmergencyRequest } from './emergency-fence';
import { openEmergencyJournal } from './emergency-journal';

/** What `sitewarden emergency` does without Temporal, on one pair. */
export interface Emergency {
  /** Reads everything, and says what a fence of the site would do. Changes nothing. */
  look(fence: { site: string; by: string }): Promise<EmergencyLook>;
  /**
   * Fences. The journal is open before the first call that changes something.
   * @throws Error when it cannot be opened; then nothing was sent.
   */
  perform(request: EmergencyRequest & { journalFile: string }): Promise<EmergencyEnd>;
  close(): Promise<void>;
}

export interface EmergencyLook {
  observation: Observation;
  verdict: Verdict;
  plan: FencePlan;
  /** Why what is unknown is unknown, in the gateways' words. */
  notRead: readonly { what: string; type: string; message: string }[];
}

const realClock: EmergencyClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  pause: (ms, stop) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
};

/**
 * Makes the pair's gateways from the configuration, and nothing that needs Temporal. Opens no connection.
 * @throws Error when the pair's CA file cannot be read, naming it.
 */
export function openEmergency(options: { config: SitewardenConfig; env: Environment; pair: string }): Emergency {
  const { config, env, pair } = options;
  const credentials = createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region });
  // Of this pair alone: what is wrong with another one is no reason not to fence.
  const alone = { ...config, sitePairs: config.sitePairs.filter(({ name }) => name === pair) };
  const { sitePairs, closers } = composePairs(alone, credentials);
  const configured = sitePairs.get(pair);
  if (!configured) throw new Error(`The configuration has no pair "${pair}".`);
  return emergencyOn(configured, { closers, clock: realClock });
}

/** The same on gateways that are there already. */
export function emergencyOn(
  configured: ConfiguredPair,
  { closers, clock }: { closers: readonly Closer[]; clock: EmergencyClock },
): Emergency {
  const { pair } = configured;
  return {
    async look(fence) {
      const notRead: { what: string; type: string; message: string }[] = [];
      const journal = {
        readFailed: ({ what, type, message }: { what: string; type: string; message: string }) =>
          void notRead.push({ what, type, message }),
        readSucceeded: () => undefined,
      };
      const observation = await observe(configured, { clock, journal });
      const plan = rehearseFence({ pair, observation, fence, now: clock.now() });
      return { observation, verdict: verdictOf(pair, observation), plan, notRead };
    },

    async perform({ journalFile, ...request }) {
      const journal = openEmergencyJournal(journalFile, clock);
      try {
        return await new EmergencyFence(configured, request, { clock, journal }).run();
      } finally {
        journal.close();
      }
    },

    close: async () => {
      await Promise.allSettled(closers.map((closer) => closer.close()));
    },
  };
}
