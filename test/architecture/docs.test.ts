/**
 * The documentation is held against the code: what is listed in both places has to be the same in both.
 * `SITEWARDEN_WRITE_DOCS=1` writes the generated parts anew instead of comparing them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { exitCodes } from '../../client/cli/exit-codes';
import { sitewardenProgram } from '../../client/cli/program';
import type { Surroundings } from '../../client/cli/surroundings';
import { configSchema } from '../../config/schema';
import type { Condition } from '../../domain/conditions/condition';
import { abortConditions, fenceConditions } from '../../domain/conditions/fence';
import { siteOnlineConditions } from '../../domain/conditions/site-online';
import { beforeSynchronize } from '../../domain/conditions/prepare-synchronize';
import { synchronizeConditions } from '../../domain/conditions/synchronize';
import { failureTypes } from '../../domain/failure-types';
import { checkNames, checks } from '../../domain/readiness/report';
import { refusalCodes } from '../../domain/refusals';
import { oneWitnessTable, severalWitnessesTable } from '../support/quorum-tables';

const project = join(__dirname, '..', '..');
const rewrite = 'SITEWARDEN_WRITE_DOCS=1 npx jest test/architecture/docs.test.ts --selectProjects architecture';

const read = (file: string): string => readFileSync(join(project, file), 'utf8');
const pages = ['README.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('deploy')];

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

/** A page's text without fenced code, in which nothing is a link or a heading. */
const prose = (file: string): string => read(file).replace(/^( *)```.*?^\1```/gms, '');

/** What stands under a heading of level 2. */
function part(file: string, heading: string): string {
  const [, rest = ''] = prose(file).split(new RegExp(`^## ${heading}$`, 'm'));
  const [own = ''] = rest.split(/^## /m);
  return own;
}

/** The same, by the headings of level 3 in it. */
function sections(file: string, heading: string): ReadonlyMap<string, string> {
  const texts = part(file, heading).split(/^### /m).slice(1);
  return new Map(texts.map((text) => splitOnce(text)));
}

function splitOnce(text: string): [string, string] {
  const end = text.indexOf('\n');
  return [text.slice(0, end).trim(), text.slice(end)];
}

describe('docs/errors.md', () => {
  it.each([
    ['Failure types', failureTypes],
    ['Refusals', refusalCodes],
  ])('%s: has a section for each, and for nothing else', (heading, catalogue) => {
    expect([...sections('docs/errors.md', heading).keys()]).toEqual(Object.keys(catalogue));
  });

  it.each(['Failure types', 'Refusals'])(
    '%s: each says what it means, what is safe to assume, what to do',
    (heading) => {
      const parts = ['**Means:**', '**Safe to assume:**', '**What to do:**'];
      const incomplete = [...sections('docs/errors.md', heading)].filter(([, text]) =>
        parts.some((part) => !text.includes(part)),
      );

      expect(incomplete.map(([code]) => code)).toEqual([]);
    },
  );
});

describe('docs/runbooks', () => {
  it.each([
    ['fence.md', 'fence', fenceConditions],
    ['fence.md', 'abort', abortConditions],
    ['synchronize.md', 'before a synchronize', beforeSynchronize],
    ['synchronize.md', 'synchronize', synchronizeConditions],
    ['site-online.md', 'site online', siteOnlineConditions],
  ])(`%s: lists the steps of "%s" as the code has them (if not: ${rewrite})`, (runbook, name, conditions) => {
    const file = join('docs', 'runbooks', runbook);
    const begin = `<!-- steps of ${name}: generated -->`;
    const { page, wanted } = generated(file, [begin, `<!-- end of ${name} -->`], stepList(conditions));

    expect(page).toContain(begin);
    expect(read(file)).toBe(wanted);
  });
});

describe('docs/quorum.md', () => {
  it.each([
    ['one witness', oneWitnessTable()],
    ['two witnesses', severalWitnessesTable(2)],
    ['three witnesses', severalWitnessesTable(3)],
  ])(`has the table of %s as the rules answer it (if not: ${rewrite})`, (name, table) => {
    const { page, wanted } = generated(
      join('docs', 'quorum.md'),
      [`<!-- ${name}: generated -->`, `<!-- end of ${name} -->`],
      table,
    );

    expect(page).toContain(`<!-- ${name}: generated -->`);
    expect(read(join('docs', 'quorum.md'))).toBe(wanted);
  });
});

describe('docs/readiness.md', () => {
  it(`has a row for every check, in the order of the code (if not: ${rewrite})`, () => {
    const file = join('docs', 'readiness.md');
    const rows = checkNames.map((name) => `| ${name} | ${checks[name]} |`);
    const table = ['<!-- prettier-ignore -->', '| check | ready is |', '|---|---|', ...rows].join('\n');
    const { page, wanted } = generated(file, ['<!-- checks: generated -->', '<!-- end of checks -->'], table);

    expect(page).toContain('<!-- checks: generated -->');
    expect(read(file)).toBe(wanted);
  });
});

/** The page as it is, and with what is generated between the two marks; written where that is asked for. */
function generated(file: string, [begin, end]: readonly [string, string], text: string) {
  const page = read(file);
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  const wanted = [before, begin, `\n\n${text}\n\n`, end, after].join('');
  if (process.env.SITEWARDEN_WRITE_DOCS) writeFileSync(join(project, file), wanted);
  return { page, wanted };
}

function stepList(conditions: readonly Condition[]): string {
  return conditions
    .map(({ name, because, undo }, index) => `${index + 1}. \`${name}\`: ${because}. Undo: ${undo}.`)
    .join('\n');
}

describe('links', () => {
  const links = pages.flatMap((file) =>
    [...prose(file).matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text = '', target = '']) => ({
      file,
      text,
      target,
    })),
  );
  const local = links.filter(({ target }) => !/^[a-z]+:/.test(target));

  it('lead to something that is there', () => {
    expect(local.length).toBeGreaterThan(50);
    expect(local.filter(({ file, target }) => !leadsSomewhere(file, target))).toEqual([]);
  });

  it('to a test say its name as it stands there', () => {
    const toTests = local.filter(({ target }) => target.endsWith('.test.ts'));
    const misnamed = toTests.filter(({ file, text, target }) => !read(join(dirname(file), target)).includes(text));

    expect(toTests.length).toBeGreaterThan(20);
    expect(misnamed).toEqual([]);
  });
});

function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const page = path === '' ? file : relative(project, join(project, dirname(file), path));
  if (!existsSync(join(project, page))) return false;
  return anchor === undefined || anchorsOf(page).includes(anchor);
}

/** As GitHub makes them: lower case, without punctuation, with dashes for spaces. */
function anchorsOf(file: string): string[] {
  const headings = [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
}

describe('README.md', () => {
  const readme = read('README.md');
  const rows = [...readme.matchAll(/^\| `sitewarden ([^`]+)`/gm)].map(([, usage = '']) => usage);
  const stream = { write: () => true };
  // A program that runs nothing needs no more of its surroundings.
  const program = sitewardenProgram({ stdout: stream, stderr: stream } as unknown as Surroundings, () => undefined);
  const commands = leaves(program);

  it('lists every command, and no other', () => {
    expect(rows.map((usage) => wordsBeforeArguments(usage)).sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it('names every option of every command', () => {
    const options = [program, ...commands.map(({ command }) => command)].flatMap((command) => command.options);
    const missing = options.filter(({ long }) => long && !readme.includes(`${long}`));

    expect(missing.map(({ long }) => long)).toEqual([]);
  });

  it('lists every exit code, and no other', () => {
    const listed = [...readme.matchAll(/^\| (\d) +\|/gm)].map(([, code]) => Number(code));

    expect(listed).toEqual(Object.values(exitCodes));
  });
});

/** The commands that do something, by all the words that one types. */
function leaves(parent: Command, words: readonly string[] = []): { name: string; command: Command }[] {
  return parent.commands.flatMap((command) => {
    const path = [...words, command.name()];
    return command.commands.length > 0 ? leaves(command, path) : [{ name: path.join(' '), command }];
  });
}

function wordsBeforeArguments(usage: string): string {
  return usage.replace(/ +[<[-].*$/, '');
}

describe('docs/configuration.md', () => {
  it('has a row for every key of sitewarden.yaml, and for no other', () => {
    const keys = part('docs/configuration.md', 'Keys');
    const rows = [...keys.matchAll(/^\| `([\w.[\]]+)` /gm)].map(([, key = '']) => key);

    expect(rows.sort()).toEqual(keysOf(configSchema).sort());
  });
});

/** As much of a zod schema as is needed to walk it. */
interface SchemaPart {
  def: {
    innerType?: SchemaPart;
    element?: SchemaPart;
    in?: SchemaPart;
    out?: SchemaPart;
    type?: string;
    shape?: Readonly<Record<string, SchemaPart>>;
  };
}

/** The paths of all values, as in `sitePairs[].sites[].name`. */
function keysOf(schema: unknown, path = ''): string[] {
  const { innerType, element, in: before, out: after, shape } = (schema as SchemaPart).def;
  const inner = innerType ?? (before?.def.type === 'transform' ? after : before);
  if (inner) return keysOf(inner, path);
  if (element) return keysOf(element, element.def.shape ? `${path}[]` : path);
  if (!shape) return [path];
  return Object.entries(shape).flatMap(([key, part]) => keysOf(part, path === '' ? key : `${path}.${key}`));
}
