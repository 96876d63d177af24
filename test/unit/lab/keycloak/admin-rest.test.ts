import { KeycloakAdminRest } from '../../../../lab/keycloak/admin-rest';
import { UserAdmin } from '../../../../lab/keycloak/user-admin';
import { scriptedServer, type ScriptedAnswer, type ScriptedServer } from '../../../support/scripted-server';

const tokenPath = 'POST /realms/master/protocol/openid-connect/token';
const admin = { username: 'admin', password: "the admin's" };

describe("the admin REST API of the lab's Keycloaks", () => {
  let server: ScriptedServer;
  let asked: { request: string; body: string }[];
  let answers: Record<string, ScriptedAnswer>;

  beforeEach(async () => {
    asked = [];
    server = await scriptedServer(({ method, url }, body) => {
      const request = `${method} ${url}`;
      asked.push({ request, body });
      return answers[request] ?? { status: 404 };
    });
  });

  afterEach(() => server.close());

  const token = (seconds: number): ScriptedAnswer => ({
    body: { access_token: 'the token', refresh_token: 'another', expires_in: seconds },
  });
  const rest = () => new KeycloakAdminRest({ url: server.url, admin });
  const tokensAskedFor = () => asked.filter(({ request }) => request === tokenPath).length;

  it.each([
    [60, 1],
    [15, 2],
  ])(
    'a token that lasts %d s serves two questions after %d login(s): none may end on its way',
    async (lasts, logins) => {
      answers = { [tokenPath]: token(lasts), 'GET /admin/realms': { body: ['one'] } };
      const api = rest();

      expect([await api.ask('GET', '/realms'), await api.ask('GET', '/realms')]).toEqual([['one'], ['one']]);

      expect(tokensAskedFor()).toBe(logins);
      expect(server.headers.at(-1)?.authorization).toBe('Bearer the token');
    },
  );

  it('an answer that is none of success is an error with what was asked and answered, and without any secret', async () => {
    answers = { [tokenPath]: token(60), 'PUT /admin/realms/lab': { status: 409, body: { error: 'no' } } };

    const refused = rest().ask('PUT', '/realms/lab', { secret: 'of a client' });

    await expect(refused).rejects.toThrow(`PUT ${server.url}/admin/realms/lab was answered 409 {"error":"no"}`);
    await expect(refused).rejects.not.toThrow(/of a client|the token|the admin's/);
  });

  it('an admin who is refused is told with what Keycloak said', async () => {
    answers = { [tokenPath]: { status: 401, body: { error: 'x', error_description: 'Invalid user credentials' } } };

    await expect(rest().ask('GET', '/realms')).rejects.toThrow('the admin was refused: 401 Invalid user credentials');
  });

  it('a user is changed whole, so that what is not changed stays', async () => {
    const user = { id: '7', username: 'user-01', enabled: true, email: 'user-01@lab.example' };
    answers = {
      [tokenPath]: token(60),
      'GET /admin/realms/lab/users?username=user-01&exact=true': { body: [user] },
      'GET /admin/realms/lab/users/7': { body: user },
      'PUT /admin/realms/lab/users/7': { status: 500, body: { error: 'unknown_error' } },
    };

    const answer = await new UserAdmin(rest(), { realm: 'lab' }).change('user-01', { enabled: false });

    expect(answer).toEqual({ kind: 'answered', status: 500, says: 'unknown_error' });
    expect(JSON.parse(asked.at(-1)!.body)).toEqual({ ...user, enabled: false });
  });
});
