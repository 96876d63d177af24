import { createColors } from 'picocolors';
import { inWords } from '../../../../lab/users/in-words';
import { drawnAsSvg } from '../../../../lab/users/svg';
import { drawnForTerminal } from '../../../../lab/users/terminal';
import { comparisonTable, markdownTable } from '../../../../lab/users/markdown';
import type { Operation, Outcome, UserRecord } from '../../../../lab/users/outcome';
import { timelineOf } from '../../../../lab/users/timeline';

const midnight = Date.UTC(2030, 0, 1);
const second = (seconds: number) => midnight + seconds * 1_000;
const record = (
  seconds: number,
  operation: Operation,
  outcome: Outcome,
  rest: Partial<UserRecord> = {},
): UserRecord => ({ at: second(seconds), tookMs: 100, operation, way: 'accelerator', outcome, ...rest });

/** Ten seconds: cut at 3.5, fenced at 6. */
const incident = {
  records: [
    record(0.2, 'passwordLogin', 'ok'),
    record(0.3, 'browserLogin', 'ok', { tookMs: 210 }),
    record(2.9, 'passwordLogin', 'ok', { tookMs: 140 }),
    record(3.6, 'browserLogin', 'refused', { tookMs: 8_200 }),
    record(4.1, 'passwordLogin', 'slow', { tookMs: 2_300 }),
    record(4.4, 'passwordLogin', 'wrongPasswordLie'),
    record(5.5, 'revoke', 'silentlyLost', { tookMs: 12 }),
    record(6.5, 'passwordLogin', 'ok'),
    record(9.1, 'revoke', 'ok', { tookMs: 14 }),
  ],
  marks: [
    { what: 'fenced', at: second(6) },
    { what: 'cut', at: second(3.5) },
  ],
};

describe('a timeline', () => {
  it('counts every operation in the bucket in which it began, in every row as many buckets', () => {
    const { rows, buckets, bucketSeconds } = timelineOf(incident);

    expect([buckets, bucketSeconds]).toEqual([10, 1]);
    expect(rows.map(({ label }) => label)).toEqual(['browser login', 'password login', 'revoke']);
    expect(rows.map(({ cells }) => cells.length)).toEqual([10, 10, 10]);
    expect(rows[1]?.cells[4]).toEqual({ ok: 0, slow: 1, refused: 0, wrongPasswordLie: 1, silentlyLost: 0 });
    expect(rows[0]?.cells[3]).toEqual({ ok: 0, slow: 0, refused: 1, wrongPasswordLie: 0, silentlyLost: 0 });
  });

  it('has a phase from each mark to the next, in the order of time, and loses no operation between them', () => {
    const { phases, zeroAt } = timelineOf(incident);

    expect(phases.map(({ what }) => what)).toEqual(['before', 'from cut', 'from fenced']);
    expect(zeroAt).toBe(second(3.5));
    const counted = phases.flatMap(({ rows }) => rows.flatMap(({ counts }) => Object.values(counts)));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(incident.records.length);
  });

  it('puts an operation that began at the moment of a mark into the phase that it begins', () => {
    const { phases } = timelineOf({
      records: [record(1, 'userinfo', 'refused')],
      marks: [{ what: 'cut', at: second(1) }],
    });

    expect(phases.map(({ what, rows }) => [what, rows[0]?.counts.refused])).toEqual([['from cut', 1]]);
  });

  it.each([
    [59, 60, 1],
    [60, 60, 2],
    [3_600, 60, 120],
    [1_000_000, 60, 18_000],
  ])('takes %d s into at most %d buckets by making each %d s long', (seconds, maxBuckets, bucketSeconds) => {
    const records = [record(0, 'userinfo', 'ok'), record(seconds, 'userinfo', 'ok')];
    const timeline = timelineOf({ records, maxBuckets });

    expect(timeline.bucketSeconds).toBe(bucketSeconds);
    expect(timeline.buckets).toBeLessThanOrEqual(maxBuckets);
    expect(timeline.rows[0]?.cells.at(-1)?.ok).toBe(1);
  });

  it('knows who waited all through a bucket, and does not count those who waited through a part', () => {
    const records = [
      record(0, 'userinfo', 'ok'),
      record(1.5, 'revoke', 'slow', { tookMs: 2_400 }),
      record(5, 'userinfo', 'ok'),
    ];

    const revoke = timelineOf({ records }).rows.find(({ label }) => label === 'revoke');
    expect(revoke?.waiting).toEqual([false, false, true, false, false, false]);
  });

  it('names the way of each row where there is more than one', () => {
    const records = [record(0, 'userinfo', 'ok'), record(0, 'userinfo', 'ok', { way: 'site-b' })];

    expect(timelineOf({ records }).rows.map(({ label }) => label)).toEqual([
      'userinfo, accelerator',
      'userinfo, site-b',
    ]);
  });

  it('of nothing at all has no row, no phase with operations, and can still be drawn', () => {
    const timeline = timelineOf({ records: [] });

    expect(timeline.rows).toEqual([]);
    expect(drawnForTerminal(timeline, createColors(false))).toContain('one sign is 1 s');
    expect(drawnAsSvg(timeline, 'nothing')).toContain('</svg>');
    expect(markdownTable(timeline)).toContain('| phase |');
  });
});

describe('the drawing for a terminal', () => {
  it('shows the worst outcome of every bucket, and marks by letter', () => {
    const lines = drawnForTerminal(timelineOf(incident), createColors(false)).split('\n');

    expect(lines).toEqual([
      '                   a  b',
      'browser login   .  X------',
      'password login  . . W-.',
      'revoke               !   .',
      '',
      '. ok   s slow   X refused   W right password called wrong   ! answered as done, but lost   - still waiting',
      'one sign is 1 s: the worst that began in it',
      'a     +0.0 s  cut',
      'b     +2.5 s  fenced',
    ]);
  });

  it('colours signs only where colours are wanted', () => {
    const plain = drawnForTerminal(timelineOf(incident), createColors(false));
    const coloured = drawnForTerminal(timelineOf(incident), createColors(true));
    const escape = String.fromCharCode(27);

    expect(plain).not.toContain(escape);
    expect(coloured).toContain(`${escape}[31mX${escape}[39m`);
  });
});

describe('the table of what users felt', () => {
  it('has a line per phase and a column per operation, with what was not well in bold', () => {
    expect(markdownTable(timelineOf(incident)).split('\n')).toEqual([
      '| phase | browser login | password login | revoke |',
      '| --- | --- | --- | --- |',
      '| **before**, -3.5 to 0.0 s | 1 ok (210 ms) | 2 ok (140 ms) | - |',
      '| **from cut**, 0.0 to 2.5 s | **1 refused** (8.2 s) | **1 slow, 1 right password called wrong** (2.3 s) | **1 answered as done, but lost** (12 ms) |',
      '| **from fenced**, 2.5 to 5.6 s | - | 1 ok (100 ms) | 1 ok (14 ms) |',
    ]);
  });

  it('has no line for a minor mark, and counts on across it', () => {
    const marks = [...incident.marks, { what: 'alert', at: second(4.2), minor: true }];

    expect(markdownTable(timelineOf({ ...incident, marks }))).toBe(markdownTable(timelineOf(incident)));
    expect(drawnForTerminal(timelineOf({ ...incident, marks }), createColors(false))).toContain('+0.7 s  alert');
  });

  it('keeps a mark with a pipe in its cell', () => {
    const table = markdownTable(timelineOf({ ...incident, marks: [{ what: 'a|b', at: second(1) }] }));

    expect(table).toContain('**from a\\|b**');
  });
});

describe('the comparison of timelines', () => {
  it('says per operation what it came to from the first mark on, in bold where it failed', () => {
    const quiet = timelineOf({
      records: [record(1, 'browserLogin', 'refused'), record(4, 'browserLogin', 'ok'), record(5, 'logout', 'slow')],
      marks: [{ what: 'cut', at: second(3) }],
    });

    expect(comparisonTable({ with: quiet, without: timelineOf(incident) }).split('\n')).toEqual([
      '| from the cut on | with | without |',
      '| --- | --- | --- |',
      '| browser login | 1 ok | **1 refused** |',
      '| logout | 1 slow | - |',
      '| password login | - | **1 ok, 1 slow, 1 right password called wrong** |',
      '| revoke | - | **1 ok, 1 answered as done, but lost** |',
    ]);
  });
});

describe('a timeline in words', () => {
  it('names of every phase what was not ok, out of how many', () => {
    const marks = [{ what: 'cut', at: second(2) }];
    const records = [record(0, 'logout', 'ok'), record(2, 'logout', 'slow'), record(3, 'logout', 'ok')];

    expect(inWords(timelineOf({ records, marks }))).toBe(
      'before (-2.0 to 0.0 s): all 1 operations were ok. from cut (0.0 to 1.0 s): logout (of 2) 1 slow.',
    );
  });
});

describe('the drawing as SVG', () => {
  const drawing = (input = incident) => drawnAsSvg(timelineOf(input), 'Users & a split');

  it('is the same for the same timeline, in whatever order the records came', () => {
    expect(drawing({ ...incident, records: [...incident.records].reverse() })).toBe(drawing());
  });

  it('has a title and a description for those who cannot see it, and says what is in its legend', () => {
    const svg = drawing();

    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="title description">/);
    expect(svg).toContain('<title id="title">Users &#38; a split</title>');
    expect(svg).toContain(
      '<desc id="description">before (-3.5 to 0.0 s): all 3 operations were ok. from cut (0.0 to 2.5 s): browser login (of 1) 1 refused; password login (of 2) 1 slow, 1 right password called wrong; revoke (of 1) 1 answered as done, but lost. from fenced (2.5 to 5.6 s): all 2 operations were ok.</desc>',
    );
    for (const word of ['slow', 'refused', 'right password called wrong', 'answered as done, but lost']) {
      expect(svg).toContain(`>${word}</text>`);
    }
  });

  it('labels every mark with its seconds, and needs nothing from anywhere', () => {
    const svg = drawing();

    expect(svg).toContain('>cut, 0.0 s</text>');
    expect(svg).toContain('>fenced, 2.5 s</text>');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|<image|@import|url\(/);
  });

  it('stacks what began in one bucket, so that the bar is as high as many began', () => {
    const [slow, lie] = ['#d9a514', '#9b5de5'].map(
      (fill) => new RegExp(`fill="${fill}" d="([^"]*)"`).exec(drawing())?.[1],
    );

    expect(slow).toBe('M458 120h71v12h-71z');
    expect(lie).toBe('M458 108h71v12h-71z');
  });

  it('draws a flat bar while somebody waits', () => {
    const waiting = /fill="#8c959f" d="([^"]*)"/.exec(drawing())?.[1];

    expect(waiting).toMatch(/^M458 98h71v4h-71z/);
    expect(waiting?.split('M')).toHaveLength(7);
  });

  it('stays small for a long incident: bars are bounded by the buckets', () => {
    const records = Array.from({ length: 20_000 }, (_, index) =>
      record(index, 'userinfo', index % 3 ? 'ok' : 'refused'),
    );

    expect(drawing({ records, marks: [] }).length).toBeLessThan(20_000);
  });
});
