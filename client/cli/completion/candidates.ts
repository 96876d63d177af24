import type { Command, Option } from 'commander';

/** A word that may stand at the cursor. */
export interface Candidate {
  word: string;
  description?: string;
}

/** The names that the configuration knows; asked for only where one of them may stand. */
export interface KnownNames {
  pairs(): readonly string[];
  /** Of one pair, or of all where none was named. */
  sites(pair: string | undefined): readonly string[];
  observers(): readonly string[];
}

/**
 * What may stand in the place of the last of `words`, given those before it; `words` begins after the program's name.
 * Empty where nothing is known to fit (a reason, a file), and the shell may offer what it likes.
 */
export function candidates(program: Command, words: readonly string[], names: KnownNames): readonly Candidate[] {
  // Bash takes `--site=site-a` for three words.
  const given = words.slice(0, -1).filter((word) => word !== '=');
  const last = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const line = readLine(program, given);
  const assigned = /^(--[\w-]+=)(.*)$/.exec(last);
  const beginning = (all: readonly Candidate[], start: string) => all.filter(({ word }) => word.startsWith(start));
  if (assigned) {
    const [, flag = '', start = ''] = assigned;
    const option = optionOf(line.command, flag.slice(0, -1));
    const values = option ? valuesOf(option, line, names) : [];
    return beginning(values, start).map((value) => ({ ...value, word: `${flag}${value.word}` }));
  }
  if (line.open) {
    const values = beginning(valuesOf(line.open, line, names), last);
    if (line.open.required || values.length > 0) return values;
  }
  if (last.startsWith('-')) return beginning(optionsOf(line.command), last);
  return beginning([...subcommandsOf(line.command), ...argumentsOf(line, names)], last);
}

/** What was typed before the cursor, as the program will read it. */
interface Line {
  command: Command;
  positionals: readonly string[];
  /** The option whose value may stand at the cursor. */
  open?: Option;
}

function readLine(program: Command, words: readonly string[]): Line {
  let command = program;
  let positionals: string[] = [];
  let open: Option | undefined;
  for (const word of words) {
    if (open?.required) {
      open = undefined;
    } else if (word.startsWith('-')) {
      const option = word.includes('=') ? undefined : optionOf(command, word);
      open = option && takesValue(option) ? option : undefined;
    } else {
      open = undefined;
      const inner = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      if (inner) [command, positionals] = [inner, []];
      else positionals.push(word);
    }
  }
  return { command, positionals, open };
}

const takesValue = (option: Option): boolean => option.required || option.optional;

/** A command's options, and those of the commands that it belongs to. */
function allOptions(command: Command | null): readonly Option[] {
  return command ? [...command.options, ...allOptions(command.parent)] : [];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return allOptions(command).find(({ long, short }) => long === flag || short === flag);
}

function optionsOf(command: Command): readonly Candidate[] {
  const own = allOptions(command).map(({ long, description }) => ({ word: long ?? '', description }));
  return [...own, { word: '--help', description: 'how it is used' }].filter(({ word }) => word !== '');
}

function subcommandsOf(command: Command): readonly Candidate[] {
  return command.commands.map((one) => ({ word: one.name(), description: one.description() }));
}

function valuesOf(option: Option, line: Line, names: KnownNames): readonly Candidate[] {
  if (option.argChoices) return option.argChoices.map((word) => ({ word }));
  if (option.long === '--cut') {
    const places = [...names.sites(line.positionals[0]), ...names.observers(), 'worker', 'accelerator'];
    return places.map((word) => ({ word }));
  }
  if (option.long === '--name') return names.observers().map((word) => ({ word }));
  if (option.long === '--site') return names.sites(line.positionals[0]).map((word) => ({ word }));
  return [];
}

function argumentsOf({ command, positionals }: Line, names: KnownNames): readonly Candidate[] {
  const { registeredArguments } = command;
  const argument = registeredArguments[positionals.length] ?? registeredArguments.findLast(({ variadic }) => variadic);
  if (argument?.argChoices) return argument.argChoices.map((word) => ({ word }));
  if (argument?.name() !== 'pair') return [];
  return names
    .pairs()
    .filter((name) => !positionals.includes(name))
    .map((word) => ({ word }));
}
