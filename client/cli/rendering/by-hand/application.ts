import type { ByHand } from '.';
import { quoted } from './shell';

/** As much of a site's configuration as says who stops and starts its application. */
interface WithWorkload {
  name: string;
  workload?:
    'none' | 'manual' | { exec: { stop: readonly string[]; start: readonly string[]; status?: readonly string[] } };
}

/** The command of the configuration; where there is none, the sentence that a person has to know. */
export function applicationByHand(
  { name, workload = 'none' }: WithWorkload,
  kind: 'stopApplication' | 'startApplication',
): Omit<ByHand, 'says'> {
  const [wanted, shows] = kind === 'stopApplication' ? (['stop', 'stopped'] as const) : (['start', 'ready'] as const);
  const look = `# by the means of your platform: every instance of ${name}'s application is ${shows}`;
  if (typeof workload === 'string') {
    const typed = `# ${wanted} ${name}'s application, all of it, by the means of your platform`;
    return { typed, proof: { typed: look, shows } };
  }
  const { exec } = workload;
  return { typed: line(exec[wanted]), proof: { typed: exec.status ? line(exec.status) : look, shows } };
}

const line = (words: readonly string[]): string => words.map(quoted).join(' ');
