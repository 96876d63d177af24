import { aWebhook } from './a-webhook';

describe('readiness', () => {
  it('asks Temporal once a second at most, however many probes come, and says within one when it went away', async () => {
    let [asked, up] = [0, true];
    const temporalAnswers = () => {
      asked += 1;
      return Promise.resolve(up);
    };
    const { server, clock } = aWebhook({ temporalAnswers });
    const probe = async () => (await server.inject('/readyz')).statusCode;

    const first = await Promise.all([probe(), probe(), probe()]);
    up = false;
    clock.now += 999;
    const within = await probe();
    clock.now += 1;
    const after = await probe();

    expect([first, within, after]).toEqual([[200, 200, 200], 200, 503]);
    expect(asked).toBe(2);
  });

  it('says in one sentence all that is missing, and what that means for alerts', async () => {
    const { server, secrets } = aWebhook({ temporalAnswers: () => Promise.resolve(false) });
    secrets.values = {};

    const response = await server.inject('/readyz');

    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      error: 'Not ready: Temporal does not answer and our credentials cannot be read.',
      next: 'Alerts are answered 503 until then, and Alertmanager sends them again.',
    });
  });

  it('is no matter of life: /healthz is 200 whatever else is missing', async () => {
    const { server, secrets } = aWebhook({ temporalAnswers: () => Promise.resolve(false) });
    secrets.values = {};

    expect((await server.inject('/healthz')).statusCode).toBe(200);
  });
});
