import { OperatingFailure } from '../../../domain/failure-types';
import { parseUsernamePassword } from '../../../domain/username-password';

describe('username and password', () => {
  it('are read from JSON; what else stands there is left alone', () => {
    expect(parseUsernamePassword('{"username":"developer","password":"a:b","more":1}')).toEqual({
      username: 'developer',
      password: 'a:b',
    });
  });

  it.each([
    ['not JSON', 'hunter2', 'it is not JSON'],
    ['null', 'null', 'it has no "username"'],
    ['an empty username', '{"username":"","password":"hunter2"}', 'it has no "username"'],
    ['no password', '{"username":"developer"}', 'it has no "password"'],
    ['an empty password', '{"username":"developer","password":""}', 'it has no "password"'],
    ['a colon in the username', '{"username":"a:b","password":"hunter2"}', 'BASIC authentication cannot carry'],
  ])('are refused without repeating the text: %s', (_case, text, why) => {
    const parse = () => parseUsernamePassword(text);

    expect(parse).toThrow(OperatingFailure);
    expect(parse).toThrow(why);
    expect(parse).not.toThrow('hunter2');
  });
});
