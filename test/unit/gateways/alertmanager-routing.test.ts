import { parse } from 'yaml';
import * as answers from '../../../gateways/alertmanager/answers';
import { receiversFor } from '../../../gateways/alertmanager/routing';

const alert = { alertname: 'SiteOffline', severity: 'critical', site: 'site-b', reporter: 'site-a' };
const receivers = (route: string, labels: Record<string, string> = alert) =>
  [
    ...receiversFor(answers.configuration.parse({ route: parse(route) as unknown, receivers: [] }).route, labels),
  ].sort();

describe('the receivers of an alert', () => {
  it.each([
    [
      'the first route that matches',
      `{ receiver: root, routes: [{ receiver: one, matchers: ['alertname="SiteOffline"'] }, { receiver: two }] }`,
      ['one'],
    ],
    [
      'all that go on',
      `{ receiver: root, routes: [{ receiver: one, continue: true, matchers: [severity=critical] }, { receiver: two }] }`,
      ['one', 'two'],
    ],
    [
      'the root where nothing matches',
      `{ receiver: root, routes: [{ receiver: one, matchers: [severity=none] }] }`,
      ['root'],
    ],
    [
      'the route itself where no child matches',
      `{ receiver: root, routes: [{ receiver: one, match: { severity: critical }, routes: [{ receiver: deep, match: { site: site-a } }] }] }`,
      ['one'],
    ],
    [
      'an inherited receiver',
      `{ receiver: root, routes: [{ matchers: [severity=critical], routes: [{ match_re: { site: 'site-.*' } }] }] }`,
      ['root'],
    ],
    [
      'several matchers in one text',
      `{ receiver: root, routes: [{ receiver: one, matchers: ['{alertname=~"Site(Offline|Lost)", severity!="none"}'] }] }`,
      ['one'],
    ],
    [
      'a quoted name and a negated expression',
      `{ receiver: root, routes: [{ receiver: one, matchers: ['"alertname" !~ "Other.*"'] }] }`,
      ['one'],
    ],
    [
      'an expression is anchored',
      `{ receiver: root, routes: [{ receiver: one, matchers: ['alertname=~"Site"'] }] }`,
      ['root'],
    ],
  ])('%s', (_name, route, expected) => {
    expect(receivers(route)).toEqual(expected);
  });

  it.each([
    ['asks for a label that is not known', `['namespace="keycloak"']`],
    ['is written in a way that is not understood', `['alertname=="SiteOffline']`],
    ['is an expression that JavaScript has not', `['alertname=~"(?P<name>Site.*)"']`],
  ])('are all that it may reach where a matcher %s', (_name, matchers) => {
    const route = `{ receiver: root, routes: [{ receiver: perhaps, matchers: ${matchers} }, { receiver: else, matchers: [severity=critical] }] }`;

    expect(receivers(route)).toEqual(['else', 'perhaps']);
    expect(receivers(`{ receiver: root, routes: [{ receiver: perhaps, matchers: ${matchers} }] }`)).toEqual([
      'perhaps',
      'root',
    ]);
  });
});
