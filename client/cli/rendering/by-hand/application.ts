import type { ByHand } from '.';
import { workloadCommands, type SiteConfig } from '../../../../config';
import { quoted } from './shell';

/** The command of the configuration; where there is none, the sentence that a person has to know. */
export function applicationByHand(
  { name, workload }: Pick<SiteConfig, 'name' | 'workload'>,
  kind: 'stopApplication' | 'startApplication',
): Omit<ByHand, 'says'> {
  const [wanted, shows] = kind === 'stopApplication' ? (['stop', 'stopped'] as const) : (['start', 'ready'] as const);
  const look = `# by the means of your platform: every instance of ${name}'s application is ${shows}`;
  const commands = workloadCommands(workload);
  if (!commands) {
    const typed = `# ${wanted} ${name}'s application, all of it, by the means of your platform`;
    return { typed, proof: { typed: look, shows } };
  }
  return { typed: line(commands[wanted]), proof: { typed: commands.status ? line(commands.status) : look, shows } };
}

const line = (words: readonly string[]): string => words.map(quoted).join(' ');
