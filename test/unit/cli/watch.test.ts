import type { Surroundings } from '../../../client/cli/surroundings';
import type { PairStatus } from '../../../client/site-pair-client';
import { now } from '../../support/observations';
import { FakeKeyboard } from './fake-keyboard';
import { aStatus, commandLine, FakeRuns, open } from './fake-runs';

const fencing = open(aStatus({ waitingFor: 'site-b to read absent' }));
const fenced = open(aStatus({ phase: 'fenced', provedSince: now, waitingFor: 'the link to heal' }));
const unavailable = () =>
  Promise.reject(Object.assign(new Error('gone'), { code: 14, details: 'connect ECONNREFUSED' }));

interface Watching {
  tty?: boolean;
  args?: readonly string[];
  terminal?: { columns?: number; rows?: number };
}

/** Watches as many looks as there are answers, then presses Ctrl-C. */
async function watch(answers: readonly (PairStatus | 'gone')[], { tty = false, args = [], terminal }: Watching = {}) {
  const stop = new AbortController();
  const runs = new FakeRuns();
  let looks = 0;
  runs.status = async () => {
    const answer = answers[looks];
    looks += 1;
    if (looks === answers.length) setImmediate(() => stop.abort());
    return answer === undefined || answer === 'gone' ? unavailable() : answer;
  };
  let time = now;
  const pause = async (ms: number) => {
    time += ms;
    // The last pause is ended by Ctrl-C alone.
    if (looks >= answers.length) await new Promise(() => undefined);
  };
  let drawn = '';
  const stdout = { isTTY: tty, ...terminal, write: (text: string) => void (drawn += text) };
  const surroundings: Partial<Surroundings> = {
    clock: { now: () => time, pause },
    quitSignal: () => stop.signal,
    ...(tty ? { stdout } : {}),
  };
  const ran = await commandLine({ runs }, { tty, surroundings }).run('watch', ...args);
  return { ...ran, stdout: tty ? drawn : ran.stdout, looks };
}

describe('command line: watch without a terminal', () => {
  it('one line for each change, and none where nothing changed', async () => {
    const { exitCode, stdout, stderr, looks } = await watch([fencing, fencing, fenced, fenced]);

    expect({ exitCode, stderr, looks }).toEqual({ exitCode: 0, stderr: '', looks: 4 });
    expect(stdout.split('\n')).toEqual([
      '03:12:01 UTC  keycloak-prod  fencing  site-a: serving  site-b: serving  site-b to read absent',
      '03:12:05 UTC  keycloak-prod  fenced  site-a: serving  site-b: serving  the link to heal',
      '',
    ]);
  });

  it('--json: one JSON value a line', async () => {
    const { stdout } = await watch([fencing, fencing, fenced], { args: ['keycloak-prod', '--json'] });

    const events = stdout.trim().split('\n');
    expect(events.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { at: now, pair: 'keycloak-prod', status: { phase: 'fencing' } },
      { at: now + 4_000, pair: 'keycloak-prod', status: { phase: 'fenced' } },
    ]);
  });

  it('a Temporal that goes away is told once, and waited for', async () => {
    const { exitCode, stdout } = await watch([fencing, 'gone', 'gone', fenced, 'gone']);

    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map((line) => line.slice(14, 42))).toEqual([
      expect.stringContaining('keycloak-prod  fencing'),
      expect.stringContaining('Temporal does not answer'),
      expect.stringContaining('keycloak-prod  fenced'),
      expect.stringContaining('Temporal does not answer'),
      '',
    ]);
  });

  it('a question and a block stand out', async () => {
    const question = 'Which site is to be kept?';
    const asks = aStatus({ waitingFor: question, next: { kind: 'ask', gate: 'keepSite', question, answers: [] } });
    const command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' } as const;
    const type = 'InfinispanFailed';
    const next = { kind: 'blocked', command, type, message: '500', can: ['retry'], since: now } as const;

    const { stdout } = await watch([open(asks), open(aStatus({ next, waitingFor: 'InfinispanFailed: 500' }))]);

    expect(stdout).toMatch(/ asks: Which site is to be kept\?$/m);
    expect(stdout).toMatch(/ blocked: InfinispanFailed: 500$/m);
  });
});

describe('command line: watch, how far a long step is', () => {
  it('one line for each look at which it has gone on', async () => {
    const progress = (done: number, at: number) => ({ what: 'pushing', done, total: 1_204, since: now, at: now + at });
    const pushing = (done: number, at: number) => open(aStatus({ phase: 'pushing', progress: progress(done, at) }));

    const { stdout } = await watch([pushing(602, 2_000), pushing(602, 2_000), pushing(1_204, 4_000)]);

    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/ pushing .* pushing: 602 of 1,204 \(50 %\), 301 a second, 2\.0 s left$/),
      expect.stringMatching(/ pushing: 1,204 of 1,204 \(100 %\), 301 a second$/),
      '',
    ]);
  });
});

describe('command line: watch, keys of a person at the terminal', () => {
  const next = {
    kind: 'ask',
    gate: 'siteOnline',
    question: 'Is site-b to serve again?',
    plan: '7f3a9c41',
    answers: ['approve keycloak-prod --gate siteOnline --plan 7f3a9c41 --reason "..."'],
  } as const;
  const asks = open(aStatus({ phase: 'synchronized', waitingFor: next.question, next }));

  /** Looks as often as there are keys, and presses one after each look. */
  async function pressing(keys: readonly string[], lines: readonly string[] = [], seen = asks) {
    const keyboard = new FakeKeyboard(lines);
    const runs = new FakeRuns();
    runs.statuses = [seen];
    const decide = jest.spyOn(runs, 'decide');
    let looks = 0;
    const pause = () => {
      const key = keys[looks];
      looks += 1;
      if (key !== undefined) keyboard.pressKey(key);
      return Promise.resolve();
    };
    const stop = new AbortController();
    const surroundings = { keyboard, clock: { now: () => now, pause }, quitSignal: () => stop.signal };
    const env = { NO_COLOR: '1' };
    const cli = commandLine({ runs }, { tty: true, surroundings: { ...surroundings, env } });
    const ran = await cli.run('watch', 'keycloak-prod');
    return { ...ran, keyboard, decide, looks };
  }

  it('says which keys there are, and q ends it and gives the keyboard back', async () => {
    const { exitCode, stdout, keyboard, looks } = await pressing(['x', 'q']);

    expect({ exitCode, looks, listening: keyboard.listening }).toEqual({ exitCode: 0, looks: 2, listening: 0 });
    expect(stdout).toContain('every 2 s · p: read the plan of keycloak-prod · a: approve · r: reject · q: quit');
  });

  it.each(['\u0003', '\u0004'])('Ctrl-C and Ctrl-D end it as well, as they arrive as keys (%j)', async (key) => {
    expect(await pressing([key])).toMatchObject({ exitCode: 0, looks: 1 });
  });

  it('p shows the whole question under the table, and hides it again', async () => {
    const { stdout } = await pressing(['p', 'p', 'q']);

    const frames = stdout.split('\u001b[?7l').slice(1);
    const shown = frames.map((frame) => /^asks +siteOnline: Is site-b to serve again\?$/m.test(frame));
    expect(shown).toEqual([false, true, true, false, false]);
    expect(frames[1]).toMatch(/^plan +7f3a9c41$/m);
    expect(frames[1]).toContain('p: hide the plan of keycloak-prod');
  });

  it('a approves by the typed name of the site, with a reason; what the run says is shown', async () => {
    const { decide, stdout, keyboard } = await pressing(['a', 'q'], ['site-b', 'both are equal']);

    const decision = { kind: 'approve', gate: 'siteOnline', plan: '7f3a9c41', reason: 'both are equal', how: 'cli' };
    expect(decide).toHaveBeenCalledTimes(1);
    expect(decide.mock.calls[0]?.[1]).toMatchObject(decision);
    expect(keyboard.asked).toEqual(['Type site-b to approve, nothing to leave it: ', 'Why? ']);
    expect(stdout).toMatch(/^before /m);
    expect(stdout).toContain('Approved: siteOnline.');
  });

  it('a and another name: sends nothing, and watches on', async () => {
    const { decide, stdout, looks } = await pressing(['a', 'x', 'q'], ['site-a']);

    expect(decide).not.toHaveBeenCalled();
    expect(stdout).toContain('Nothing was sent.');
    expect(looks).toBe(3);
  });

  it('r rejects with a reason', async () => {
    const { decide } = await pressing(['r', 'q'], ['not today']);

    const decision = { kind: 'reject', gate: 'siteOnline', plan: '7f3a9c41', reason: 'not today' };
    expect(decide.mock.calls[0]?.[1]).toMatchObject(decision);
  });

  it('a and r do nothing where nothing is asked', async () => {
    const { decide, keyboard, stdout } = await pressing(['a', 'r', 'q'], ['site-b', 'why'], fenced);

    expect(decide).not.toHaveBeenCalled();
    expect(keyboard.asked).toEqual([]);
    expect(stdout).not.toContain('a: approve');
  });
});

describe('command line: watch on a terminal', () => {
  const table = 2;
  const foot = 1;

  it('draws the table again in its place, on the ordinary screen', async () => {
    const { exitCode, stdout } = await watch([fencing, fenced], { tty: true });

    const frames = stdout.split('\u001b[?7l').slice(1);
    expect(exitCode).toBe(0);
    expect(frames).toHaveLength(2);
    const clear = '\u001b[0J';
    expect(frames[0]?.startsWith(clear)).toBe(true);
    expect(frames[1]?.startsWith(`\u001b[${table + foot}A\r${clear}`)).toBe(true);
    expect(frames.every((frame) => frame.includes('PAIR'))).toBe(true);
    expect(frames[1]).toContain('fenced');
    expect(frames.every((frame) => frame.endsWith('\n\u001b[?7h'))).toBe(true);
    expect(stdout).not.toContain('\u001b[?1049');
  });

  it('keeps what was read last, and says that it is old', async () => {
    const { stdout } = await watch([fencing, 'gone'], { tty: true });

    const [, last = ''] = stdout.split('\u001b[?7l').slice(1);
    expect(last).toContain('fencing');
    expect(last).toContain('Temporal does not answer');
    expect(last).toContain('What stands above is old.');
  });

  it('draws no more lines than the window has, as it could not draw over them', async () => {
    const { stdout } = await watch([fencing, fencing], { tty: true, terminal: { rows: 3, columns: 80 } });

    const [first = '', second = ''] = stdout.split('\u001b[?7l').slice(1);
    expect(first.split('\n')).toHaveLength(3);
    expect(first).toContain('... and 2 lines more');
    expect(second.startsWith('\u001b[2A')).toBe(true);
  });
});
