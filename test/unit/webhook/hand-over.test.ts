import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../../lab/until';
import { aWebhook, prod, RememberingIntake } from './a-webhook';
import { firing, firingAlert } from './captured-bodies';

const never = (): Promise<void> => new Promise(() => undefined);
const pairs = Array.from({ length: 20 }, (_, index) => ({ ...prod, name: `pair-${index}` }));
const alertsOf = (count: number) =>
  pairs.flatMap(({ name }) =>
    Array.from({ length: count }, (_, index) => ({
      ...firingAlert,
      fingerprint: index.toString(16),
      labels: { ...firingAlert.labels, site_pair: name },
    })),
  );

describe('while Temporal is down', () => {
  it('answers 503 with one sentence, so that Alertmanager sends again', async () => {
    const { post, intake, log } = aWebhook();
    intake.before = () => Promise.reject(new Error('14 UNAVAILABLE: No connection established'));

    const response = await post(firing);

    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      error: 'Temporal could not be reached or refused the message: 1 of 1 alerts are not recorded.',
    });
    expect(response.body).not.toContain('UNAVAILABLE');
    expect(log()).toContainEqual(expect.objectContaining({ level: 'error', missing: 1 }));
  });

  it('answers 503 in bounded time when nothing comes back', async () => {
    const { post, intake } = aWebhook({ handOverWithinMs: 50 });
    intake.before = never;
    const began = performance.now();

    const response = await post(firing);

    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: expect.stringContaining('did not answer in time') as string });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('answers 503 when only one of the alerts was not taken, and the next delivery takes all', async () => {
    const { post, intake } = aWebhook();
    const alerts = ['1', '2', '3'].map((fingerprint) => ({ ...firingAlert, fingerprint }));
    intake.before = (_pair, { fingerprint }) =>
      fingerprint === '2' ? Promise.reject(new Error('down')) : Promise.resolve();

    const first = await post({ ...firing, alerts });
    intake.before = () => Promise.resolve();
    const second = await post({ ...firing, alerts });

    expect([first.statusCode, second.statusCode]).toEqual([503, 202]);
    expect(intake.heard.map(({ alert }) => alert.fingerprint)).toEqual(['1', '3', '2']);
  });

  it('finishes a delivery that is too large for one try by its repeats, and then hands over a repeat as such', async () => {
    const { post, intake } = aWebhook({ handOverWithinMs: 100 });
    const alerts = Array.from({ length: 60 }, (_, index) => ({ ...firingAlert, fingerprint: index.toString(16) }));
    // Eight at once, 40 ms each: sixty take longer than one try has.
    intake.before = () => wait(40);

    const statuses: number[] = [];
    while (!statuses.includes(202) && statuses.length < 60) {
      statuses.push((await post({ ...firing, alerts })).statusCode);
      await wait(0);
    }
    const heardOnce = intake.heard.map(({ alert }) => alert.fingerprint);
    intake.before = () => Promise.resolve();
    await post({ ...firing, alerts });

    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses.at(-1)).toBe(202);
    expect([...heardOnce].sort()).toEqual(alerts.map(({ fingerprint }) => fingerprint).sort());
    expect(intake.heard).toHaveLength(120);
  });

  it('hands over anew what was taken more than a minute ago, and what began again', async () => {
    const { post, intake, clock } = aWebhook();
    const alerts = ['1', '2'].map((fingerprint) => ({ ...firingAlert, fingerprint }));
    intake.before = (_pair, { fingerprint }) =>
      fingerprint === '2' ? Promise.reject(new Error('down')) : Promise.resolve();
    await post({ ...firing, alerts });

    await post({ ...firing, alerts });
    await post({ ...firing, alerts: [{ ...alerts[0], startsAt: '2026-11-22T10:00:00Z' }, alerts[1]] });
    clock.now += 60_001;
    await post({ ...firing, alerts });

    expect(intake.heard.map(({ alert }) => alert.startsAt.slice(11, 16))).toEqual(['09:54', '10:00', '09:54']);
  });

  it('hands an alert over once that is sent again while it is under way: the repeat has joined', async () => {
    const { post, intake, metric } = aWebhook();
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    intake.before = () => held;

    const both = Promise.all([post(firing), post(firing)]);
    await until(async () => (await metric('requests_in_flight')) === 2, { what: 'both came', withinSeconds: 10 });
    letGo();
    const outcomes = (await both).map((one) => one.json<{ accepted: { outcome: string }[] }>().accepted[0]?.outcome);

    expect(outcomes).toEqual(['started', 'joined']);
    expect(intake.heard).toHaveLength(1);
  });

  it('says of a delivery that is merely too large for one try that the repeat goes on, and warns', async () => {
    const { post, intake, log } = aWebhook({ handOverWithinMs: 300 });
    let taken = 0;
    intake.before = () => ((taken += 1) > 3 ? never() : Promise.resolve());
    const alerts = Array.from({ length: 5 }, (_, index) => ({ ...firingAlert, fingerprint: index.toString(16) }));

    const response = await post({ ...firing, alerts });

    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      error: 'There were more alerts than are handed over in one try: 2 of 5 are not recorded yet.',
      next: 'Send again, as Alertmanager does by itself: the repeat goes on with the rest.',
    });
    expect(log()).toContainEqual(expect.objectContaining({ level: 'warn', accepted: 3, missing: 2 }));
    expect(log()).not.toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('still answers 202 to alerts that concern no pair', async () => {
    const { post, intake } = aWebhook();
    intake.before = () => Promise.reject(new Error('down'));

    const response = await post({ ...firing, alerts: [{ ...firingAlert, labels: {} }] });

    expect(response.statusCode).toBe(202);
  });

  it('sends nothing more of a body once it was answered 503', async () => {
    const { post, intake } = aWebhook({ handOverWithinMs: 30 });
    intake.before = () => wait(50);

    await post({ ...firing, alerts: ['1', '2'].map((fingerprint) => ({ ...firingAlert, fingerprint })) });
    await wait(120);

    expect(intake.heard.map(({ alert }) => alert.fingerprint)).toEqual(['1']);
  });
});

describe('alerts of many pairs in one body', () => {
  it('go to all pairs at once; within a pair the first one goes alone, then at most 8 at once', async () => {
    const { post, intake } = aWebhook({ pairs });
    const busy = new Map<string, number>();
    const most = new Map<string, number>();
    const firstAlone = new Map<string, boolean>();
    const allWaiting = new Promise<void>((resolve) => {
      intake.before = async (pair, { fingerprint }) => {
        busy.set(pair, (busy.get(pair) ?? 0) + 1);
        most.set(pair, Math.max(most.get(pair) ?? 0, busy.get(pair) ?? 0));
        if (fingerprint === '0')
          firstAlone.set(pair, busy.get(pair) === 1 && intake.heard.every((one) => one.pair !== pair));
        if (busy.size === pairs.length) resolve();
        await allWaiting;
        busy.set(pair, (busy.get(pair) ?? 0) - 1);
      };
    });

    const response = await post({ ...firing, alerts: alertsOf(15) });

    expect(response.statusCode).toBe(202);
    expect(intake.heard).toHaveLength(20 * 15);
    expect([...firstAlone.values()]).toEqual(pairs.map(() => true));
    expect(Math.max(...most.values())).toBe(8);
    for (const { name } of pairs) expect(intake.heard.find(({ pair }) => pair === name)?.alert.fingerprint).toBe('0');
  });

  it('are not held up by nine pairs that hang', async () => {
    const intake = new RememberingIntake();
    const hanging = new Set(pairs.slice(0, 9).map(({ name }) => name));
    intake.before = (pair) => (hanging.has(pair) ? never() : Promise.resolve());
    const { post } = aWebhook({ pairs, intake, handOverWithinMs: 100 });

    const response = await post({ ...firing, alerts: alertsOf(30) });

    expect(response.statusCode).toBe(503);
    const error = 'Temporal did not answer in time: 270 of 600 alerts are not recorded.';
    expect(response.json()).toMatchObject({ error });
    expect(intake.heard).toHaveLength(11 * 30);
  });

  it('are not held up for the other pairs by one that hangs', async () => {
    const intake = new RememberingIntake();
    intake.before = (pair) => (pair === 'pair-0' ? never() : Promise.resolve());
    const { post } = aWebhook({ pairs, intake, handOverWithinMs: 100 });

    const response = await post({ ...firing, alerts: alertsOf(1) });

    expect(response.statusCode).toBe(503);
    expect(intake.heard).toHaveLength(19);
  });
});
