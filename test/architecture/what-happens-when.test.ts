/** The table "What happens when": every case is linked to the tests that hold it, by their whole names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const project = join(__dirname, '..', '..');
const tests = /\.(test|contract)\.ts$/;

interface Link {
  text: string;
  target: string;
}

const page = join(project, 'docs', 'what-happens-when.md');
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => /^\| /.test(line) && !/^\| (situation|---)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/what-happens-when.md', () => {
  it('links every case to a test', () => {
    const without = rows.filter(([, , , cell = '']) => !linksIn(cell).some(({ target }) => tests.test(target)));

    expect(rows.length).toBeGreaterThan(100);
    expect(without).toEqual([]);
    expect(rows.filter(({ length }) => length !== 5)).toEqual([]);
  });

  it('names each test, or group or row of tests, by the whole of its name', () => {
    const links = rows.flatMap(([, , , cell = '']) => linksIn(cell));

    expect(links.filter(({ target }) => !tests.test(target))).toEqual([]);
    expect(links.filter((link) => !isWholeName(link))).toEqual([]);
  });

  it('has no case twice', () => {
    const cases = rows.map(([, situation]) => situation);

    expect(cases.filter((situation, index) => situation !== 'the same' && cases.indexOf(situation) !== index)).toEqual(
      [],
    );
  });
});

function linksIn(cell: string): Link[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text = '', target = '']) => ({ text, target }));
}

function isWholeName({ text, target }: Link): boolean {
  const file = join(project, 'docs', target);
  if (!existsSync(file)) return false;
  const code = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => code.includes(`${quote}${text}${quote}`));
}
