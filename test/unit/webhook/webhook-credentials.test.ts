import { acceptBasic, acceptBearer, challenge, isAuthorized } from '../../../client/webhook/authentication';
import { aWebhook, basic, password, token, username } from './a-webhook';
import { firing } from './captured-bodies';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

describe('credentials', () => {
  it.each([
    ['basic', basic()],
    ['basic in small letters', basic().replace('Basic', 'basic')],
    ['bearer', `Bearer ${token}`],
  ])('that are right are let in: %s', async (_name, authorization) => {
    const { post } = aWebhook();

    expect((await post(firing, { authorization })).statusCode).toBe(202);
  });

  it.each([
    ['right user, wrong password', basic(username, 'wrong')],
    ['wrong user, right password', basic('wrong', password)],
    ['both wrong', basic('wrong', 'wrong')],
    ['swapped', basic(password, username)],
    ['no password', basic(username, '')],
    ['no user', basic('', password)],
    ['no colon', `Basic ${encoded(username + password)}`],
    ['the beginning of the password', basic(username, password.slice(0, -1))],
    ['more than the password', basic(username, `${password}x`)],
    ['the password as a token', `Bearer ${password}`],
    ['the token as a password', basic(username, token)],
    ['an empty token', 'Bearer '],
    ['another scheme', `Digest ${encoded(`${username}:${password}`)}`],
    ['nothing', ''],
  ])('that are not right are refused: %s', async (_name, authorization) => {
    const { post, intake } = aWebhook();

    const response = await post(firing, { authorization });

    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe(
      'Basic realm="sitewarden", charset="UTF-8", Bearer realm="sitewarden"',
    );
    expect(intake.heard).toEqual([]);
  });

  it('are looked at before the body: a stranger learns nothing about it', async () => {
    const { post } = aWebhook();

    expect((await post('{broken', { authorization: 'x' })).statusCode).toBe(401);
  });

  it('may hold colons and letters beyond ASCII in the password', () => {
    expect(isAuthorized(basic('u', 'pä:ß'), [acceptBasic('u', 'pä:ß')])).toBe(true);
  });

  it('match one accepted entry as a whole, never halves of two', () => {
    const accepted = [acceptBasic('a', '1'), acceptBasic('b', '2'), acceptBearer('t')];

    expect(isAuthorized(basic('a', '2'), accepted)).toBe(false);
    expect(isAuthorized(basic('b', '2'), accepted)).toBe(true);
    expect(isAuthorized(basic('a', '1'), [])).toBe(false);
  });

  it('are challenged by the schemes in use only', () => {
    expect(challenge(['bearer'])).toBe('Bearer realm="sitewarden"');
  });
});

describe('a rotation', () => {
  it('takes effect without a restart, with the old credentials accepted for ten more minutes', async () => {
    const { post, secrets, clock } = aWebhook();
    await post(firing);
    const status = async (pass: string) => (await post(firing, { authorization: basic(username, pass) })).statusCode;

    secrets.values['env:BASIC'] = JSON.stringify({ username, password: 'next' });
    clock.now += 6_000;
    const right = [await status('next'), await status(password)];
    clock.now += 601_000;
    const after = [await status('next'), await status(password)];

    expect(right).toEqual([202, 202]);
    expect(after).toEqual([202, 401]);
  });

  it('withdraws credentials even when nobody presents the new ones', async () => {
    const { post, secrets, clock, credentials } = aWebhook();
    await post(firing);

    secrets.values['env:BASIC'] = JSON.stringify({ username, password: 'next' });
    clock.now += 61_000;
    await credentials.ready();
    clock.now += 601_000;

    expect((await post(firing)).statusCode).toBe(401);
  });

  it('does not let wrong credentials fetch the secrets more often than every 5 s', async () => {
    const { post, secrets, clock } = aWebhook();
    await post(firing);
    const before = secrets.reads;

    for (let attempt = 0; attempt < 50; attempt += 1) {
      clock.now += 100;
      await post(firing, { authorization: basic('wrong', 'wrong') });
    }

    expect(secrets.reads - before).toBe(2); // one round, two secrets
  });
});

describe('a process that starts after a rotation', () => {
  const previous = JSON.stringify({ username, password: 'before' });

  it('accepts what the source calls the previous credentials, for as long as it says, and never longer', async () => {
    const { post, secrets, clock } = aWebhook();
    secrets.previous['env:BASIC'] = { text: previous, acceptForMs: 30_000 };
    const status = async (pass: string) => (await post(firing, { authorization: basic(username, pass) })).statusCode;

    const early = [await status(password), await status('before')];
    secrets.previous = {};
    clock.now += 29_999;
    const within = await status('before');
    clock.now += 1;
    const late = [await status('before'), await status(password)];

    expect([early, within, late]).toEqual([[202, 202], 202, [401, 202]]);
  });

  it('withdraws them at once when the source does: a second rotation revokes', async () => {
    const { post, secrets, clock } = aWebhook();
    secrets.previous['env:BASIC'] = { text: previous, acceptForMs: 600_000 };
    await post(firing);

    secrets.values['env:BASIC'] = JSON.stringify({ username, password: 'second' });
    secrets.previous['env:BASIC'] = { text: JSON.stringify({ username, password }), acceptForMs: 600_000 };
    clock.now += 6_000;
    await post(firing, { authorization: basic(username, 'second') });

    const statuses = [];
    for (const pass of ['second', password, 'before'])
      statuses.push((await post(firing, { authorization: basic(username, pass) })).statusCode);
    expect(statuses).toEqual([202, 202, 401]);
  });

  it('goes on without them when they are malformed', async () => {
    const { post, secrets, lines } = aWebhook();
    secrets.previous['env:BASIC'] = { text: 'canary, not JSON', acceptForMs: 600_000 };

    expect((await post(firing)).statusCode).toBe(202);
    expect(lines.join('')).not.toContain('canary, not JSON');
  });
});

describe('while the secrets cannot be read', () => {
  it('nobody is let in, and everybody is told to come again', async () => {
    const { post, secrets, clock } = aWebhook();
    const values = secrets.values;
    secrets.values = {};

    const first = await post(firing);
    secrets.values = values;
    clock.now += 5_000;
    const second = await post(firing);

    expect([first.statusCode, second.statusCode]).toEqual([503, 202]);
  });

  it('what was read before stays in force', async () => {
    const { post, secrets, clock } = aWebhook();
    await post(firing);
    secrets.values = {};
    clock.now += 3_600_000;

    const right = await post(firing);
    const wrong = await post(firing, { authorization: basic('wrong', 'wrong') });

    expect([right.statusCode, wrong.statusCode]).toEqual([202, 401]);
  });

  it.each(['not json canary', '{"username":"x"}', '{"username":"","password":"canary"}'])(
    'a malformed one is the same, and is not repeated in the log: %s',
    async (text) => {
      const { post, secrets, lines } = aWebhook();
      secrets.values['env:BASIC'] = text;

      expect((await post(firing)).statusCode).toBe(503);
      expect(lines.join('')).toContain('SecretMalformed');
      expect(lines.join('')).not.toContain('"canary"');
      expect(lines.join('')).not.toContain('not json canary');
    },
  );
});
