import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import type { PairStatus } from '../../../client/site-pair-client';
import type { Next, Question } from '../../../domain/next';
import { now, observed } from '../../support/observations';
import { anId, aResult, aStatus, closed, commandLine, FakeRuns, incident, open } from './fake-runs';

const reason = ['--reason', 'the link is whole'];
const commands = [
  { command: 'synchronize', options: [], goal: 'synchronize' },
  { command: 'site-online', options: ['--site', 'site-b'], goal: 'siteOnline', site: 'site-b' },
  { command: 'site-offline', options: ['--site', 'site-b'], goal: 'siteOffline', site: 'site-b' },
] as const;

const push = { what: 'pushing', total: 1_204, since: now } as const;
const question: Question = {
  kind: 'ask',
  gate: 'siteOnline',
  question: 'Is site-b to serve again?',
  plan: '7f3a9c41',
  approvals: { needed: 2, by: [], from: ['sre'] },
  answers: ['approve keycloak-prod --gate siteOnline --plan 7f3a9c41 --reason "..."'],
};

describe('command line: the goals of the way back', () => {
  it.each(commands)('$command: asks for the goal, with who, why and an id of its own', async (asked) => {
    const { command, options, goal } = asked;
    const runs = new FakeRuns();
    const request = jest.spyOn(runs, 'request');

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod', ...options, ...reason);

    const site = 'site' in asked ? asked.site : undefined;
    const wish = { id: anId, goal, site, by: 'alice@laptop', reason: 'the link is whole' };
    expect(request).toHaveBeenCalledWith('keycloak-prod', wish);
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^before {2}no run/);
    expect(ran.stdout).toContain(`Started: incident ${incident} `);
    expect(ran.stdout).toMatch(/^after {3}/m);
  });

  it.each(commands)('$command: a refusal exits 3 with the sentence of the run', async ({ command, options }) => {
    const runs = new FakeRuns();
    const refusal = { code: 'NotFenced', message: 'No site is fenced.' } as const;
    runs.request = () => Promise.resolve({ outcome: 'refused', incident, refusal });

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod', ...options, ...reason, '--wait');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain(`Refused by incident ${incident}: NotFenced: No site is fenced.`);
  });

  describe('without --wait, the first word of the run', () => {
    const refusal = { code: 'NotFenced', message: 'No site of keycloak-prod is fenced.' } as const;
    const finish: Next = { kind: 'finish', outcome: 'refused', refusal, report: 'Refused.' };
    const passing: Next = { kind: 'refuse', refusal: { code: 'NotHealthy', message: 'site-a is unknown.' } };
    const first = (next?: Next) => open(aStatus({ next }));
    const ended = { ...closed('refused'), result: aResult({ outcome: 'refused', refusal }) } as PairStatus;
    const asked = async ({ command, options }: (typeof commands)[number], ...statuses: PairStatus[]) => {
      const runs = new FakeRuns();
      runs.statuses = [{ run: 'none' }, ...statuses];
      return commandLine({ runs }).run(command, 'keycloak-prod', ...options, ...reason);
    };

    it.each(commands)(
      '$command: a refusal by the first look exits 3, with the sentence and the next step',
      async (one) => {
        for (const word of [first(finish), ended]) {
          const ran = await asked(one, first(), first(), word);

          expect(ran.exitCode).toBe(3);
          expect(ran.stdout).toContain(
            `Refused by incident ${incident}: NotFenced: No site of keycloak-prod is fenced.\n` +
              'Look at both sites; where both serve and replicate, there is nothing to do: sitewarden observe keycloak-prod\n',
          );
          expect(ran.stdout).not.toContain('Started');
        }
      },
    );

    it.each(commands)('$command: a refusal that passes within seconds is none', async (one) => {
      const goesOn: Next = { kind: 'wait', for: 'what comes next', pace: 'fast' };

      const ran = await asked(one, first(passing), first(passing), first(goesOn));

      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain('waiting for  what comes next');
      expect(ran.stdout).not.toContain('Refused');
    });

    it.each(commands)('$command: a refusal that stays exits 3, and says that the run looks on', async (one) => {
      const ran = await asked(one, first(passing));

      expect(ran.exitCode).toBe(3);
      expect(ran.stdout).toContain(
        `Refused by incident ${incident}, as things are read now: NotHealthy: site-a is unknown.`,
      );
      expect(ran.stdout).toContain('the run looks again for about a minute');
    });

    it('a question comes with the lines that answer it', async () => {
      const ran = await asked(commands[1], first(question));

      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain('asks         siteOnline: Is site-b to serve again?');
      expect(ran.stdout).toContain('you can      sitewarden approve keycloak-prod --gate siteOnline --plan 7f3a9c41');
    });

    it('what was read before it was asked for is no word on it', async () => {
      const old = { ...observed(), at: now - 5_000 };
      const requests = [{ id: 'one', goal: 'siteOnline', by: 'alice', reason: 'why', at: now } as const];

      const ran = await asked(commands[1], open(aStatus({ next: finish, observation: old, requests })));

      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain(`Started: incident ${incident}`);
    });

    it('a run that says nothing within seconds: it is recorded, and where to look', async () => {
      const ran = await asked(commands[0], first());

      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain('Look: sitewarden status keycloak-prod');
    });

    it('programs get the word too', async () => {
      const runs = new FakeRuns();
      runs.statuses = [{ run: 'none' }, ended];

      const ran = await commandLine({ runs }).run('synchronize', 'keycloak-prod', ...reason, '--json');

      expect(ran.json()).toMatchObject({ word: { said: 'refused', passing: false, refusal: { code: 'NotFenced' } } });
    });
  });

  it.each(commands)('$command: needs a reason', async ({ command, options }) => {
    expect(await commandLine().run(command, 'keycloak-prod', ...options)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Add --reason "...".') as string,
    });
  });

  it.each(commands)('$command: no worker exits 6 and says that nothing was done yet', async ({ command, options }) => {
    const runs = new FakeRuns();
    runs.request = () => Promise.reject(new NoWorkerAnswers(true));

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod', ...options, ...reason);

    expect(ran.exitCode).toBe(6);
    expect(ran.stderr).toContain('The request is recorded, and nobody is working');
  });

  it('synchronize --wait: tells progress now and then, and ends when both sites compared equal', async () => {
    const runs = new FakeRuns();
    const pushing = (done: number, at: number) =>
      open(aStatus({ phase: 'pushing', progress: { ...push, done, at: now + at } }));
    const synchronization = { equalAt: now + 9_000 } as never;
    runs.statuses = [
      open(aStatus({ phase: 'fenced' })),
      pushing(100, 1_000),
      pushing(200, 2_000),
      pushing(700, 7_000),
      pushing(1_204, 8_000),
      open(aStatus({ phase: 'synchronized', synchronization })),
    ];

    const ran = await commandLine({ runs }).run('synchronize', 'keycloak-prod', ...reason, '--wait', '60');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.match(/pushing: [\d,]+ of 1,204/g)).toEqual([
      'pushing: 100 of 1,204',
      'pushing: 700 of 1,204',
      'pushing: 1,204 of 1,204',
    ]);
    expect(ran.stdout).toContain('Synchronized: site-b holds what site-a holds; every key and value compared equal at');
    expect(ran.stdout).toContain('sitewarden site-online keycloak-prod --site site-b --reason "..."');
  });

  it('site-online --wait: tells the question, each approval, and what can be typed; the time is up at the gate', async () => {
    const runs = new FakeRuns();
    const asks = (by: readonly string[]) => {
      const next = { ...question, approvals: { needed: 2, by, from: ['sre'] } };
      return open(aStatus({ phase: 'synchronized', waitingFor: question.question, next }));
    };
    runs.statuses = [asks([]), asks([]), asks([]), asks(['bob']), asks(['bob'])];

    const args = ['site-online', 'keycloak-prod', '--site', 'site-b', ...reason, '--wait', '2'];
    const ran = await commandLine({ runs }).run(...args);

    expect(ran.exitCode).toBe(4);
    const waits = /waiting for: Is site-b to serve again\? \((.*)\)$/gm;
    expect([...ran.stdout.matchAll(waits)].map(([, so]) => so)).toEqual(['0 of 2 from sre', '1 of 2 from sre (bob)']);
    expect(ran.stdout).toContain('sitewarden approve keycloak-prod --gate siteOnline --plan 7f3a9c41');
    expect(ran.stdout).toContain('Not proved within 2 s. Last: Is site-b to serve again?');
  });

  it('site-online --wait: ends when the site serves, while the run goes on watching it', async () => {
    const runs = new FakeRuns();
    const back = {
      plan: '7f3a9c41',
      by: ['bob'],
      since: now,
      round: 9,
      servingAt: now + 1_000,
      soakUntil: now + 600_000,
    };
    runs.statuses = [open(aStatus({ phase: 'soaking', return: back }))];

    const args = ['site-online', 'keycloak-prod', '--site', 'site-b', ...reason, '--wait'];
    const ran = await commandLine({ runs }).run(...args);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(
      'Online: site-b serves again, proved at 03:12:02 UTC. The run watches it until 03:22:01',
    );
  });

  it.each([
    ['site-offline', 'siteOffline', 0, 'How to come back.'],
    ['site-offline', 'refused', 3, 'Not taken out; the run has ended (refused). How to come back.'],
    ['site-online', 'siteOnline', 0, 'How to come back.'],
    ['site-online', 'aborted', 4, 'Not back in traffic; the run has ended (aborted).'],
  ])('%s --wait: a run that ends %s exits %d', async (command, outcome, exitCode, said) => {
    const runs = new FakeRuns();
    runs.statuses = [closed(outcome)];
    runs.result = () => Promise.resolve(aResult({ report: 'How to come back.' }));

    const ran = await commandLine({ runs }).run(command, 'keycloak-prod', '--site', 'site-b', ...reason, '--wait');

    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toContain(said);
  });
});

describe('command line: who asks', () => {
  const hold = ['hold', 'keycloak-prod', ...reason];
  const through = (runs: FakeRuns) => ({ openApi: () => ({ runs, close: () => Promise.resolve() }) });

  it('without an API it is recorded as unattributed, and said to be', async () => {
    const ran = await commandLine({ runs: new FakeRuns() }).run(...hold);
    const asData = await commandLine({ runs: new FakeRuns() }).run(...hold, '--json');

    expect(ran.stdout).toContain('by      alice@laptop, recorded as unattributed: no API is configured');
    expect(asData.json()).toMatchObject({ attributed: false });
  });

  it('with an API every command goes through it, and its token says who asks', async () => {
    const runs = new FakeRuns();
    const temporal = new FakeRuns();
    const [decide, past] = [jest.spyOn(runs, 'decide'), jest.spyOn(temporal, 'decide')];
    const cli = commandLine({ runs: temporal }, { api: true, surroundings: through(runs) });

    const ran = await cli.run(...hold, '--json');

    expect(ran.exitCode).toBe(0);
    expect(decide).toHaveBeenCalledTimes(1);
    expect(past).not.toHaveBeenCalled();
    expect(ran.json()).toMatchObject({ attributed: true });
    expect(ran.stderr).toContain('by      whom the API knows by the token');
  });

  it('--straight-to-temporal goes past it, and says what that costs', async () => {
    const runs = new FakeRuns();
    const temporal = new FakeRuns();
    const [decide, past] = [jest.spyOn(runs, 'decide'), jest.spyOn(temporal, 'decide')];
    const cli = commandLine({ runs: temporal }, { api: true, surroundings: through(runs) });

    const ran = await cli.run(...hold, '--straight-to-temporal');

    expect(decide).not.toHaveBeenCalled();
    expect(past).toHaveBeenCalledTimes(1);
    expect(ran.stdout).toContain('recorded as unattributed: --straight-to-temporal goes past the API');
  });
});
