import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReadingJournal } from '../../activities/dependencies';
import type { NetworkProbe, SettledNetwork } from '../../domain/isolation';
import type { Logger } from '../../runtime/logging';
import type { WatchJournal } from './watch';

export interface ObserverJournal extends ReadingJournal, WatchJournal {
  answered(told: { pair: string; outcome: 'told' | 'PairUnknown' }): void;
  /** Of the check of the own network. */
  round: (probes: readonly NetworkProbe[], settled: SettledNetwork) => void;
}

const looks = ['connected', 'isolated', 'unsettled'] as const;
const networkWords = { connected: 'is connected', isolated: 'is isolated', unsettled: 'is not settled' } as const;

/** Log lines, one for each change, and metrics of an observer's process. */
export function createObserverJournal({
  logger,
  registry,
  observer,
}: {
  logger: Logger;
  registry: Registry;
  observer: string;
}): ObserverJournal {
  const metrics = observerMetrics(registry);
  const unread = new Map<string, string>();
  const unsaid = new Set<string>();
  let lastNetwork: SettledNetwork | undefined;
  return {
    readFailed: ({ pair, what, type, message }) => {
      if (unread.get(`${pair} ${what}`) === type) return;
      unread.set(`${pair} ${what}`, type);
      logger.warn({ pair, read: what, type }, `Not seen: ${what}. ${message}`);
    },
    readSucceeded: ({ pair, what }) => {
      if (unread.delete(`${pair} ${what}`)) logger.info({ pair, read: what }, `Seen again: ${what}.`);
    },
    round: (probes, settled) => {
      for (const look of looks) metrics.network.set({ observer, look }, look === settled ? 1 : 0);
      if (settled === lastNetwork) return;
      lastNetwork = settled;
      const targets = probes.map(({ target, outcome, says }) => ({ target, outcome, says }));
      logger[settled === 'isolated' ? 'warn' : 'info']({ targets }, `The own network ${networkWords[settled]}.`);
    },
    answered: ({ pair, outcome }) => metrics.answers.inc({ pair, outcome }),
    looked: ({ pair, saw }) => metrics.looks.inc({ pair, saw }),
    noticed: ({ pair, kind, because, confirmations }) =>
      logger.warn(
        { pair, symptom: kind },
        `Noticed: ${kind}, ${because}. ${confirmations} looks in a row wake the run.`,
      ),
    woke: ({ pair, kind, status, outcome, workflowId }) => {
      metrics.wakes.inc({ pair, status, outcome });
      unsaid.delete(`${pair} ${status}`);
      const fields = { pair, workflowId, symptom: kind, status, outcome };
      if (status === 'firing') logger.warn(fields, `Woke the run: ${kind}; ${outcome}.`);
      else logger.info(fields, `Told the run that it is over: ${kind}; ${outcome}.`);
    },
    notWoken: ({ pair, kind, status, error }) => {
      metrics.wakes.inc({ pair, status, outcome: 'failed' });
      if (unsaid.has(`${pair} ${status}`)) return;
      unsaid.add(`${pair} ${status}`);
      logger.error(
        { pair, symptom: kind, status, err: error },
        `Temporal did not take it: ${kind}, ${status}. Tried again.`,
      );
    },
  };
}

function observerMetrics(registry: Registry) {
  return {
    answers: new Counter({
      name: 'sitewarden_observer_answers_total',
      help: 'Questions of workers that this observer answered, by outcome: told, or PairUnknown.',
      labelNames: ['pair', 'outcome'],
      registers: [registry],
    }),
    looks: new Counter({
      name: 'sitewarden_observer_looks_total',
      help: "Looks of this observer's own watch, by what they saw: none, partition, diverging, or unknown.",
      labelNames: ['pair', 'saw'],
      registers: [registry],
    }),
    network: new Gauge({
      name: 'sitewarden_observer_network',
      help: "1 for what the check of the observer's own network comes to, 0 for everything else; absent where none is configured.",
      labelNames: ['observer', 'look'],
      registers: [registry],
    }),
    wakes: new Counter({
      name: 'sitewarden_observer_wakes_total',
      help: 'Messages of this observer to runs, by status (firing, resolved) and outcome: started, joined, NoOpenRun, failed.',
      labelNames: ['pair', 'status', 'outcome'],
      registers: [registry],
    }),
  };
}
