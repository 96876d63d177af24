import { exampleText, problemsAfter, problemsOf, secondPair } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
const of = (change: (pair: any, data: any) => void) => problemsAfter((data) => change(data.sitePairs[0], data));

describe('a problem', () => {
  it('names file, line, column, path, value, fault and remedy', () => {
    const { message } = problemsOf(
      exampleText.replace('https://infinispan.site-b.example:11222', 'http://infinispan.site-b.example:11222'),
    );
    const line = exampleText.split('\n').findIndex((text) => text.includes('infinispan.site-b')) + 1;

    expect(message.split('\n').slice(0, 2)).toEqual([
      `sitewarden.yaml:${line}:16  sitePairs[0].sites[1].infinispan.url is "http://infinispan.site-b.example:11222": this sends the admin password in clear text.`,
      `                       Use https, or set allowPlaintext: true for a lab.`,
    ]);
    expect(message).toMatch(/\n2 problems\. Nothing was started\.$/); // the CA has no use either
  });

  it('comes with all others, in the order of the file', () => {
    const { problems, message } = of((pair, data) => {
      data.temporal.taskQueu = 'x';
      data.webhook.listen = 8080;
      pair.sites[1].endpoint.weight = 256;
      delete pair.sites[0].loadBalancer;
      pair.policy.preferredSite = 'site-c';
    });

    expect(problems.map(({ path }) => path)).toEqual([
      'temporal.taskQueu',
      'webhook.listen',
      'sitePairs[0].sites[0].loadBalancer',
      'sitePairs[0].sites[1].endpoint.weight',
      'sitePairs[0].policy.preferredSite',
    ]);
    expect(message).toMatch(/5 problems\. Nothing was started\.$/);
  });

  it('of a third site stands at the list of sites', () => {
    const { problems } = of((pair) => pair.sites.push({ ...secondPair().sites[0], name: 'site-c' }));

    expect(problems[0]).toMatchObject({ path: 'sitePairs[0].sites' });
    expect(problems[0]?.what).toMatch(/exactly two sites/);
  });

  it('of an unknown key stands at the key and names the nearest known one', () => {
    const { problems } = problemsOf(exampleText.replace('preferredSite:', 'preferedSite:'));

    expect(problems).toContainEqual(
      expect.objectContaining({
        path: 'sitePairs[0].policy.preferedSite',
        column: 7,
        what: 'sitePairs[0].policy.preferedSite: there is no such key.',
        instead: 'Did you mean "preferredSite"?',
      }),
    );
  });

  it('of an unknown key that is near nothing lists the known ones', () => {
    const { problems } = of((pair) => (pair.sites[0].kubernetes = {}));

    expect(problems[0]?.instead).toContain('name, loadBalancer, endpoint, infinispan, health, healthCa, workload');
  });
});

describe('a problem of one value', () => {
  const cases: [string, (pair: any, data: any) => void, string, RegExp][] = [
    ['no pair', (_, data) => (data.sitePairs = []), 'sitePairs', /list is empty/],
    ['capital letters', (pair) => (pair.name = 'Keycloak'), 'sitePairs[0].name', /"Keycloak": this is no name/],
    ['41 letters', (pair) => (pair.name = 'a'.repeat(41)), 'sitePairs[0].name', /no name of a pair/],
    ['one site', (pair) => pair.sites.pop(), 'sitePairs[0].sites', /exactly two sites/],
    [
      'weight',
      (pair) => (pair.sites[0].endpoint.weight = -1),
      'sitePairs[0].sites[0].endpoint.weight',
      /-1: .*0 to 255/,
    ],
    [
      'half a weight',
      (pair) => (pair.sites[0].endpoint.weight = 1.5),
      'sitePairs[0].sites[0].endpoint.weight',
      /whole/,
    ],
    [
      'no load balancer',
      (pair) => (pair.sites[0].loadBalancer = 'lb-a'),
      'sitePairs[0].sites[0].loadBalancer',
      /no ARN/,
    ],
    [
      'no cache',
      (pair) => (pair.replication.infinispan.caches = []),
      'sitePairs[0].replication.infinispan.caches',
      /empty/,
    ],
    [
      'ftp',
      (pair) => (pair.sites[0].infinispan.url = 'ftp://x'),
      'sitePairs[0].sites[0].infinispan.url',
      /http or https/,
    ],
    ['no seconds', (pair) => (pair.policy.stableSeconds = 0), 'sitePairs[0].policy.stableSeconds', /1 to 3600/],
    ['empty section', (pair) => (pair.policy = null), 'sitePairs[0].policy', /is empty/],
    ['no traffic', (pair) => delete pair.traffic, 'sitePairs[0].traffic', /is missing/],
    [
      'approvals',
      (pair) => (pair.policy.gates.fence.approvals = 10),
      'sitePairs[0].policy.gates.fence.approvals',
      /10: .*0 to 9/,
    ],
    [
      'no accelerator',
      (pair) => (pair.traffic.globalAccelerator = {}),
      'sitePairs[0].traffic.globalAccelerator',
      /no accel/,
    ],
    ['open webhook', (_, data) => (data.webhook = {}), 'webhook', /neither credentials nor a bearer/],
    [
      'webhook in clear text on a network',
      (_, data) => (data.webhook.listen = '0.0.0.0:8080'),
      'webhook.listen',
      /clear text from a network/,
    ],
    [
      'webhook in clear text on another address',
      (_, data) => (data.webhook.listen = '[2001:db8::1]:8080'),
      'webhook.listen',
      /clear text from a network/,
    ],
    [
      'TLS without a key',
      (_, data) => (data.webhook.tls = { certificate: 'file:webhook.pem' }),
      'webhook.tls.key',
      /no reference to a file|missing/,
    ],
  ];

  it.each(cases)('is told: %s', (_name, change, path, what) => {
    const { problems } = of(change);

    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.what).toMatch(what);
    expect(problems[0]?.instead).toMatch(/\S.*[.?]$/);
  });
});

describe('a problem between two values', () => {
  const withSecond = (change: (second: any, first: any) => void) =>
    of((first, data) => {
      const second: any = secondPair();
      data.sitePairs.push(second);
      change(second, first);
    }).problems.map(({ path }) => path);
  const group = 'arn:aws:globalaccelerator::111122223333:accelerator/x/listener/l/endpoint-group/';

  it('two pairs with nothing in common are accepted', () => {
    expect(withSecond(() => undefined)).toEqual([]);
  });

  it('two pairs of one name', () => {
    expect(withSecond((second, first) => (second.name = first.name))).toEqual(['sitePairs[1].name']);
  });

  it('two pairs at one Infinispan, written differently', () => {
    expect(
      withSecond((second) => (second.sites[1].infinispan.url = 'https://INFINISPAN.site-a.example.:11222/')),
    ).toEqual(['sitePairs[1].sites[1].infinispan.url']);
  });

  it('two sites of one pair at one Infinispan', () => {
    const { problems } = of((pair) => (pair.sites[1].infinispan.url = pair.sites[0].infinispan.url));

    expect(problems.map(({ path }) => path)).toEqual(['sitePairs[0].sites[1].infinispan.url']);
  });

  it('two pairs on one accelerator, one by its dual-stack name', () => {
    const dnsName = 'A1234567890abcdef.dualstack.awsglobalaccelerator.com';

    expect(withSecond((second) => (second.traffic.globalAccelerator = { dnsName }))).toEqual([
      'sitePairs[1].traffic.globalAccelerator',
    ]);
  });

  it('two pairs on one accelerator, of which only one names its endpoint groups', () => {
    expect(
      withSecond((second, first) => {
        second.traffic.globalAccelerator = { arn: 'arn:aws:globalaccelerator::111122223333:accelerator/x' };
        first.traffic.globalAccelerator = { endpointGroups: [`${group}1`] };
      }),
    ).toEqual(['sitePairs[1].traffic.globalAccelerator']);
  });

  it('two pairs on one accelerator with endpoint groups of their own are accepted', () => {
    expect(
      withSecond((second, first) => {
        second.traffic.globalAccelerator = { endpointGroups: [`${group}2`] };
        first.traffic.globalAccelerator = { endpointGroups: [`${group}1`] };
      }),
    ).toEqual([]);
  });

  describe('two pairs with one load balancer', () => {
    const named = (one: object, other: object, change: (second: any) => void = () => undefined) =>
      withSecond((second, first) => {
        first.traffic.globalAccelerator = one;
        second.traffic.globalAccelerator = other;
        change(second);
      });
    const dnsName = 'a1b2.awsglobalaccelerator.com';
    const arn = 'arn:aws:globalaccelerator::111122223333:accelerator/x';

    it.each<[string, object, object]>([
      ['one names its accelerator by DNS name, the other by ARN', { dnsName }, { arn }],
      ['one names its accelerator by ARN, the other by DNS name', { arn }, { dnsName }],
      ['only the one by ARN lists groups', { dnsName }, { endpointGroups: [`${group}1`] }],
      [
        'the dual-stack name is not made from the other',
        { dnsName },
        { dnsName: 'c3.dualstack.awsglobalaccelerator.com' },
      ],
    ])('are refused: %s', (_, one, other) => {
      expect(named(one, other)).toEqual(['sitePairs[1].traffic.globalAccelerator']);
    });

    it.each<[string, object, object]>([
      ['by DNS name', { dnsName }, { dnsName: 'c3d4.awsglobalaccelerator.com' }],
      ['by ARN', { arn }, { arn: `${arn}y` }],
    ])('behind two accelerators are accepted: %s', (_, one, other) => {
      expect(named(one, other)).toEqual([]);
    });

    it('is what matters: pairs with four of their own may name their accelerators as they like', () => {
      const own = (second: any) =>
        second.sites.forEach((site: any) => (site.loadBalancer = site.loadBalancer.replace('/net/', '/net/other-')));

      expect(named({ dnsName }, { arn }, own)).toEqual([]);
    });
  });

  it('two pairs that share an endpoint group', () => {
    expect(
      withSecond((second, first) => {
        second.traffic.globalAccelerator = { endpointGroups: [`${group}2`, `${group}1`] };
        first.traffic.globalAccelerator = { endpointGroups: [`${group}1`] };
      }),
    ).toEqual(['sitePairs[1].traffic.globalAccelerator.endpointGroups[1]']);
  });

  it('two sites of one name or one load balancer', () => {
    const { problems } = of((pair) => {
      pair.sites[1].name = 'site-a';
      pair.sites[1].loadBalancer = pair.sites[0].loadBalancer;
    });

    expect(problems.map(({ path }) => path)).toEqual([
      'sitePairs[0].sites[1].name',
      'sitePairs[0].sites[1].loadBalancer',
    ]);
  });

  it('http is accepted with allowPlaintext, and a CA without https is not', () => {
    const { problems } = of((pair) => {
      Object.assign(pair.sites[0].infinispan, { url: 'http://127.0.0.1:11222', allowPlaintext: true });
      Object.assign(pair.sites[1], { health: 'http://site-b.example/', healthCa: 'file:ca.pem' });
    });

    expect(problems.map(({ path }) => path)).toEqual([
      'sitePairs[0].sites[0].infinispan.ca',
      'sitePairs[0].sites[1].healthCa',
    ]);
  });
});

describe('text that is no YAML', () => {
  const cases: [string, string, RegExp][] = [
    ['a tab', 'sitePairs:\n\t- name: x', /:2:1 {2}This line is indented by a tab\./],
    ['a key written twice', 'aws: {}\nwebhook: {}\naws: {}\n', /:3:1 {2}"aws" is written twice/],
    ['an open bracket', 'sitePairs: [\n', /:2:1 {2}/],
    ['an open quote', 'aws: "eu', /:1:\d+ {2}A quote, bracket or brace is missing/],
    ['two colons', 'aws: region: x', /:1:6 {2}There are two "key:" on one line/],
    ['two documents', 'aws: {}\n---\naws: {}\n', /:2:1 {2}A second document/],
    ['an alias of nothing', 'aws: *nothing', /An alias \(\*name\) cannot be resolved/],
    ['nothing', '# only a comment\n', /The file is empty\./],
    ['a list', '- a\n', /The file as a whole: this must be a mapping/],
  ];

  it.each(cases)('is one sentence with its place: %s', (_name, text, expected) => {
    const { message } = problemsOf(text);

    expect(message).toMatch(expected);
    expect(message).toMatch(/1 problem\. Nothing was started\.$/);
  });
});
