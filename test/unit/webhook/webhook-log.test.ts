import { createLogger, logLevel } from '../../../runtime/logging';
import { aWebhook, basic, password, token } from './a-webhook';
import { firing, firingAlert } from './captured-bodies';

describe('the log of the webhook', () => {
  it('says which run has taken the alert, and how the request was answered', async () => {
    const { post, log } = aWebhook();

    await post(firing);

    expect(log()).toContainEqual(
      expect.objectContaining({
        level: 'info',
        process: 'webhook',
        pair: 'keycloak-prod',
        workflowId: 'site-pair/keycloak-prod',
        runId: 'run-1',
        outcome: 'started',
        accepted: 1,
        message: 'Alerts were handed over.',
      }),
    );
    expect(log()).toContainEqual(
      expect.objectContaining({ method: 'POST', path: '/alerts', status: 202, message: 'POST /alerts answered 202.' }),
    );
  });

  it('never holds a secret, right or wrong, whatever happens', async () => {
    const { post, server, intake, lines } = aWebhook();
    const wrong = basic('wrong', 'wrong-canary');

    await post(firing);
    await post(firing, { authorization: wrong });
    await post(firing, { authorization: `Bearer ${token}` });
    await post('{"canary', {});
    await server.inject({ method: 'POST', url: `/alerts?token=${token}`, payload: firing });
    intake.before = () => Promise.reject(Object.assign(new Error('down'), { headers: { authorization: basic() } }));
    await post(firing);

    const text = lines.join('');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const secret of [password, token, 'wrong-canary', basic(), wrong, basic().slice(6), 'canary'])
      expect(text).not.toContain(secret);
  });

  it('has one line for 300 alerts, not 300', async () => {
    const { post, lines } = aWebhook();
    const alerts = Array.from({ length: 300 }, (_, index) => ({ ...firingAlert, fingerprint: index.toString(16) }));

    await post({ ...firing, alerts });

    expect(lines).toHaveLength(2);
  });
});

describe('a logger', () => {
  const logged = (fields: object): string => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    createLogger({ process: 'test', destination: { write } }).info(fields, 'Hello.');
    return lines.join('');
  };

  it.each([
    { authorization: 'canary' },
    { req: { headers: { authorization: 'canary' } } },
    { err: { request: { headers: { Authorization: 'canary' } } } },
    { credentials: { username: 'canary', password: 'canary' } },
    { options: { apiKey: 'canary', nested: { token: 'canary', secret: 'canary' } } },
  ])('redacts %j', (fields) => {
    expect(logged(fields)).not.toContain('canary');
    expect(logged(fields)).toContain('[redacted]');
  });

  it('takes its level from the flag before the variable, and refuses other words', () => {
    expect(logLevel('debug', { SITEWARDEN_LOG_LEVEL: 'warn' })).toBe('debug');
    expect(logLevel(undefined, { SITEWARDEN_LOG_LEVEL: 'WARN' })).toBe('warn');
    expect(logLevel(undefined, {})).toBe('info');
    expect(() => logLevel('loud', {})).toThrow('"loud" is no log level. Use one of trace, debug');
  });
});
