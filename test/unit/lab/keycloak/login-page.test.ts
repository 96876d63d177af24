import { Cookies } from '../../../../lab/keycloak/cookies';
import { formAction, messageOf } from '../../../../lab/keycloak/login-page';

const page = (inner: string) => `<!DOCTYPE html><html><body class="kc"><div>${inner}</div></body></html>`;

describe('a login page of Keycloak', () => {
  it('tells where its form is sent to, as an address', () => {
    const html = page(
      '<form id="other" action="/no"></form><form id="kc-form-login" class="c" onsubmit="login.disabled = true; return true;" action="http://kc/login-actions/authenticate?session_code=a&amp;execution=b" method="post" novalidate="novalidate">',
    );

    expect(formAction(html)).toBe('http://kc/login-actions/authenticate?session_code=a&execution=b');
    expect(formAction(page('<form id="other" action="/no"></form>'))).toBeUndefined();
  });

  it.each([
    ['<span id="input-error-username" aria-live="polite">\n  Invalid username or password.\n </span>', 'a field'],
    ['<p id="kc-error-message" class="instruction">Invalid username or password.</p>', 'the error page'],
  ])('tells what it calls wrong: %#, %s', (html) => {
    expect(messageOf(page(html))).toBe('Invalid username or password.');
  });

  it('tells nothing where nothing is wrong', () => {
    expect(messageOf(page('<span id="kc-page-title">Sign in</span>'))).toBeUndefined();
  });
});

describe('the cookies of a browser', () => {
  it('are sent as they were last set, and forgotten when they are over', () => {
    const cookies = new Cookies();
    cookies.take('AUTH_SESSION_ID=one=1.site; Version=1; Path=/realms/lab/; HttpOnly');
    cookies.take('KC_RESTART=abc; Path=/realms/lab/');
    cookies.take('AUTH_SESSION_ID=two; Path=/realms/lab/');
    cookies.take('KC_RESTART=; Version=1; Path=/realms/lab/; Max-Age=0');
    cookies.take('KC_AUTH_STATE=x; Max-Age=60');

    expect(cookies.header).toBe('AUTH_SESSION_ID=two; KC_AUTH_STATE=x');
  });

  it('take a value with an equals sign whole, and nothing from a header that has none', () => {
    const cookies = new Cookies();
    cookies.take('a=b=c');
    cookies.take('nonsense');

    expect(cookies.header).toBe('a=b=c');
  });
});
