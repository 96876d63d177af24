/**
 * Four queues from one prefix, so that rights can be split by deployment: a responder that must never admit a site
 * does not poll `restore`.
 */
export interface TaskQueues {
  /** Workflows and `assessPair`. */
  main: string;
  /** Commands that take a site out or detach it. */
  fence: string;
  /** Every command that sends clients to a site again. */
  restore: string;
  /** `watch`: long, cheap, and never in the way of a fence. */
  watch: string;
}

export function taskQueues(prefix: string): TaskQueues {
  return { main: prefix, fence: `${prefix}-fence`, restore: `${prefix}-restore`, watch: `${prefix}-watch` };
}

/** The queue of one observer, whoever asks: what it sees does not depend on who runs the pair's workers. */
export function observerQueue(name: string): string {
  return `observer-${name}`;
}
