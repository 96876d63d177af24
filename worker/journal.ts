import { Counter, type Registry } from 'prom-client';
import type { Journal } from '../activities/dependencies';
import { sitePairWorkflowId } from '../workflows/contract/ids';
import type { Logger } from '../runtime/logging';
import { createLookJournal } from './look-journal';

export interface JournalOptions {
  logger: Logger;
  registry: Registry;
  monotonicMs: () => number;
}

/**
 * Turns what the activities tell into log lines and metrics; a read that keeps failing is said once, and again when it
 * is over. Nothing that goes wrong here reaches an activity: a line that cannot be written must not stop a fence.
 */
export function createJournal({ logger, registry, monotonicMs }: JournalOptions): Journal {
  const commands = new Counter({
    name: 'sitewarden_commands_total',
    help: 'Commands that ended, by outcome: accepted, or the type of the failure.',
    labelNames: ['pair', 'outcome'],
    registers: [registry],
  });
  const unread = new Counter({
    name: 'sitewarden_reads_failed_total',
    help: 'Reads that gave no value, by what was read and why.',
    labelNames: ['pair', 'what', 'type'],
    registers: [registry],
  });
  const said = new Map<string, string>();
  const harmless = guard(logger);
  return {
    readFailed: harmless(({ pair, what, type, message }) => {
      unread.inc({ pair, what, type });
      const key = `${pair} ${what}`;
      if (said.get(key) === type) return;
      said.set(key, type);
      logger.warn({ pair, workflowId: sitePairWorkflowId(pair), read: what, type }, `Not read: ${what}. ${message}`);
    }),
    readSucceeded: harmless(({ pair, what }) => {
      if (!said.delete(`${pair} ${what}`)) return;
      logger.info({ pair, workflowId: sitePairWorkflowId(pair), read: what }, `Read again: ${what}.`);
    }),
    commandEnded: harmless(({ pair, commandId, command, outcome, message }) => {
      commands.inc({ pair, outcome });
      const line = { pair, workflowId: sitePairWorkflowId(pair), command: commandId, outcome };
      if (outcome === 'accepted') logger.info(line, `Accepted: ${command}. Only a later read proves it.`);
      else logger.warn(line, `Not accepted: ${command}. ${message}`);
    }),
    assessed: harmless(createLookJournal({ logger, registry, monotonicMs })),
  };
}

function guard(logger: Logger) {
  return <Told>(tell: (told: Told) => void) =>
    (told: Told): void => {
      try {
        tell(told);
      } catch (err) {
        logger.error({ err }, 'Something could not be journalled; the run is not touched by it.');
      }
    };
}
