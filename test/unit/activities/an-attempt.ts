import type { Attempt } from '../../../activities/attempt';
import type { Progress } from '../../../domain/comparison';

export interface TestAttempt extends Attempt {
  told: Progress[];
  /** How often the right to send was asked for. */
  sent(): number;
}

/** An attempt that is never too late; it ends with the signal, if there is one. */
export function anAttempt(clock = { now: () => Date.now() }, signal = new AbortController().signal): TestAttempt {
  const told: Progress[] = [];
  let sent = 0;
  return {
    ...{ told, signal, clock },
    sent: () => sent,
    async sending() {
      sent += 1;
      return { commandId: 'incident-1/1/1', signal };
    },
    tell: (progress) => void told.push(progress),
  };
}
