import type { Surroundings } from '../../../client/cli/surroundings';
import type { PairStatus } from '../../../client/site-pair-client';
import { now } from '../../support/observations';
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
