/** Options and arguments that more than one command has, or that read more than a text. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import { pauseInSeconds } from './asked';
import { shells } from './completion/scripts';
import { gates } from './gates';

export function waitOption(description: string): Option {
  return new Option('--wait [seconds]', description).argParser((text) => {
    const seconds = Number(text);
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
    throw new InvalidArgumentError('Write whole seconds, from 1 to 86400.');
  });
}

export function lengthOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const seconds = pauseInSeconds(text);
    if (seconds !== undefined) return seconds;
    throw new InvalidArgumentError('Write it as in 90s, 30m, 2h or 1h30m; from 1m to 7d.');
  });
}

export function limitOption(description: string, usual: number): Option {
  return new Option('--limit <n>', description).default(usual).argParser((text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= 1_000) return count;
    throw new InvalidArgumentError('Write a whole number, from 1 to 1000.');
  });
}

export function entriesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new InvalidArgumentError('Write a whole number of entries, as in 37.');
  });
}

export function cutOption(): Option {
  const description =
    'site-a/site-b: both ways; site-a:site-b: site-a no longer reaches site-b; one name: cut off from all. Sites, observers, worker, accelerator';
  return new Option('--cut <what...>', description);
}

export function gateOption(): Option {
  return withChoices(new Option('--gate <gate>', 'what is asked; status shows it'), gates);
}

export function shellArgument(): Argument {
  return withChoices(new Argument('<shell>', shells.join(', ')), shells);
}

/** Choices for the completion alone: a wrong one is answered by the command, with the one that was most likely meant. */
function withChoices<T extends Argument | Option>(of: T, choices: readonly string[]): T {
  of.choices(choices).argParser((text) => text);
  return of;
}
