import { effectiveConfig } from '../../../config';
import { exampleData, loaded, problemsAfter, problemsOf } from './a-config';

const gateNames = [
  'fence',
  'fenceDiverging',
  'keepSite',
  'synchronize',
  'siteOnline',
  'siteOffline',
  'admitStaleSite',
] as const;

const apiClient = { url: 'https://sitewarden.example:8081', token: { secret: 'env:SITEWARDEN_TOKEN' } };
const withGates = (gates: object, beside: object = { apiClient }) =>
  problemsAfter((data) => {
    delete data.api;
    Object.assign(data, beside);
    data.sitePairs[0].policy.gates = gates;
  }).problems;

describe('a gate', () => {
  it.each(gateNames)('%s may ask nine people of a group', (name) => {
    const all = {
      approvals: 9,
      from: ['sre'],
      notRequester: true,
      expires: '1h',
      remind: '5m',
      unattributed: 'refuse',
    };

    expect(withGates({ [name]: all })).toEqual([]);
  });

  it.each(gateNames)('%s that asks nobody is refused rules for those who are asked', (name) => {
    const rules: Record<string, unknown> = { from: ['sre'], notRequester: true, expires: '1h', remind: '5m' };
    const needsAPerson = ['keepSite', 'admitStaleSite'].includes(name);
    if (needsAPerson) return expect(withGates({ [name]: { approvals: 0 } })[0]?.what).toMatch(/0: .*1 to 9/);

    for (const [rule, value] of Object.entries(rules)) {
      expect(withGates({ [name]: { approvals: 0, [rule]: value } })).toMatchObject([
        { path: `sitePairs[0].policy.gates.${name}.${rule}`, what: expect.stringContaining('nobody is asked') },
      ]);
    }
  });

  it.each(['fence', 'fenceDiverging', 'siteOffline'])('%s asks nobody unless it is said', (name) => {
    expect(withGates({ [name]: { from: ['sre'] } })).toMatchObject([
      { path: `sitePairs[0].policy.gates.${name}.from`, instead: expect.stringContaining('approvals: 1') },
    ]);
  });

  it.each(['synchronize', 'siteOnline', 'keepSite', 'admitStaleSite'])('%s asks one person', (name) => {
    expect(withGates({ [name]: { from: ['sre'] } })).toEqual([]);
  });

  it('with groups takes no decision whose author nobody has proved', () => {
    const data = { ...exampleData(), apiClient };
    data.sitePairs[0].policy.gates = { siteOnline: { from: ['sre'] }, keepSite: {} };
    const { siteOnline, keepSite } = loaded(data).sitePairs[0]!.policy.gates;

    expect([siteOnline.unattributed, keepSite.unattributed]).toEqual(['refuse', 'accept']);
    expect(withGates({ siteOnline: { from: ['sre'], unattributed: 'accept' } })).toMatchObject([
      { path: 'sitePairs[0].policy.gates.siteOnline.unattributed', what: expect.stringContaining('contradicts from') },
    ]);
  });

  it.each<[string, object, string]>([
    ['groups', { from: ['sre'] }, 'from'],
    ['a proved author', { unattributed: 'refuse' }, 'unattributed'],
  ])('that asks for %s needs an API, which alone proves who decides', (_what, gate, key) => {
    const api = {
      tokens: { secret: 'env:API_TOKENS' },
      access: [{ role: 'approver', groups: ['sre'] }],
    };

    expect(withGates({ siteOnline: gate }, {})).toMatchObject([
      {
        path: `sitePairs[0].policy.gates.siteOnline.${key}`,
        what: expect.stringContaining('nobody could answer at this gate'),
        instead: expect.stringContaining('Add api'),
      },
    ]);
    expect(withGates({ siteOnline: gate }, { api })).toEqual([]);
    expect(withGates({ siteOnline: gate }, { apiClient })).toEqual([]);
  });

  it('that expires before its first reminder has a reminder that never comes', () => {
    expect(withGates({ siteOnline: { expires: '30m', remind: '1h' } })).toMatchObject([
      {
        path: 'sitePairs[0].policy.gates.siteOnline.remind',
        what: expect.stringContaining('the plan expires (after 30m) before the first reminder'),
      },
    ]);
    expect(withGates({ siteOnline: { expires: '60m', remind: '1h' } })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ['its name', { siteonline: {} }, 'siteonline', /Did you mean "siteOnline"/],
    ['no group', { siteOnline: { from: [] } }, 'siteOnline.from', /at least one group/],
    ['one group without a list', { siteOnline: { from: 'sre' } }, 'siteOnline.from', /from: \[sre\]/],
    ['a bare number', { siteOnline: { expires: 4 } }, 'siteOnline.expires', /as in 4h/],
    ['a length of no time', { siteOnline: { expires: '0s' } }, 'siteOnline.expires', /as in 4h/],
    ['too long', { siteOnline: { remind: '31d' } }, 'siteOnline.remind', /as in 30m/],
    ['a third word', { siteOnline: { unattributed: 'ignore' } }, 'siteOnline.unattributed', /Write refuse/],
    ['yes', { siteOnline: { notRequester: 'yes' } }, 'siteOnline.notRequester', /Write true/],
  ])('has its faults told with their place: %s', (_fault, gates, key, instead) => {
    const [problem, ...others] = withGates(gates);

    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: `sitePairs[0].policy.gates.${key}`,
      instead: expect.stringMatching(instead),
    });
    expect(problem?.line).toBeGreaterThan(1);
  });
});

describe("a site's application", () => {
  const withWorkload = (workload: unknown) =>
    problemsAfter((data) => (data.sitePairs[0].sites[1].workload = workload)).problems;
  const exec = { stop: ['/bin/stop', ''], start: ['/bin/start'] };
  const path = 'sitePairs[0].sites[1].workload';
  const admin = { url: 'https://kc.example/auth', clientId: 'sitewarden', secret: 'aws:keycloak-site-b' };
  const keycloak = { ...exec, status: ['/bin/status'], lbCheck: 'https://kc.example/lb-check', admin };

  it.each<[string, unknown]>([
    ['manual', 'manual'],
    ['none', 'none'],
    ['a mapping', { manual: true }],
    ['commands', { exec }],
    ['a Keycloak', { keycloak }],
    [
      'a Keycloak with everything',
      {
        keycloak: {
          ...{ ...keycloak, status: ['/bin/status'], timeoutSeconds: 600, ca: 'file:kc-ca.pem' },
          admin: { ...admin, realm: 'ops' },
        },
      },
    ],
    [
      'a Keycloak of a lab',
      { keycloak: { ...keycloak, admin: { ...admin, url: 'http://127.0.0.1:8180' }, allowPlaintext: true } },
    ],
    ['all commands', { exec: { ...exec, status: ['/bin/status'], timeoutSeconds: 600 } }],
  ])('may be said as: %s', (_how, workload) => {
    expect(withWorkload(workload)).toEqual([]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['another word', 'kubernetes', '', /manual or workload: none/],
    ['nothing', null, '', /manual or workload: none/],
    ['a command as one text', { exec: { ...exec, stop: 'kc-scale 0' } }, '.exec.stop', /no shell reads it/],
    ['an empty command', { exec: { ...exec, stop: [] } }, '.exec.stop[0]', /program first/],
    ['an empty program', { exec: { ...exec, stop: [''] } }, '.exec.stop[0]', /program first/],
    ['a number', { exec: { ...exec, stop: ['kc-scale', 0] } }, '.exec.stop[1]', /in quotes/],
    ['no way back', { exec: { stop: ['kc-scale'] } }, '.exec.start', /no shell reads it/],
    ['too long', { exec: { ...exec, timeoutSeconds: 601 } }, '.exec.timeoutSeconds', /as in 120/],
    ['a person and commands', { exec, manual: true }, '', /or manual where a person does/],
    ['no person', { manual: false }, '.manual', /workload: manual/],
    ['a misspelt key', { exce: exec }, '.exce', /Did you mean "exec"/],
    ['two sets of commands', { exec, keycloak }, '', /keycloak: \{ \.\.\. \} where they stop and start a Keycloak/],
    ['a person and a Keycloak', { keycloak, manual: true }, '', /or manual where a person does/],
    ['no status', { keycloak: { ...keycloak, status: undefined } }, '.keycloak.status', /kc-status/],
    ['no check', { keycloak: { ...keycloak, lbCheck: undefined } }, '.keycloak.lbCheck', /own \/lb-check/],
    [
      'a check that is no URL',
      { keycloak: { ...keycloak, lbCheck: '/lb-check' } },
      '.keycloak.lbCheck',
      /own \/lb-check/,
    ],
    ['no account', { keycloak: { ...keycloak, admin: undefined } }, '.keycloak.admin', /clientId: sitewarden/],
    [
      'an account without a name',
      { keycloak: { ...keycloak, admin: { ...admin, clientId: '' } } },
      '.keycloak.admin.clientId',
      /service account/,
    ],
    [
      'a realm that leaves its path',
      { keycloak: { ...keycloak, admin: { ...admin, realm: 'a/b' } } },
      '.keycloak.admin.realm',
      /as in master/,
    ],
    [
      'plain http',
      { keycloak: { ...keycloak, admin: { ...admin, url: 'http://kc.example' } } },
      '.keycloak.admin.url',
      /allowPlaintext/,
    ],
    [
      'a CA for nothing',
      {
        keycloak: {
          ...keycloak,
          ...{ ca: 'file:ca.pem', allowPlaintext: true, lbCheck: 'http://kc.example/lb-check' },
          admin: { ...admin, url: 'http://kc.example' },
        },
      },
      '.keycloak.ca',
      /leave the ca out/,
    ],
  ])('has its faults told with their place: %s', (_fault, workload, key, instead) => {
    const [problem, ...others] = withWorkload(workload);

    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: `${path}${key}`, instead: expect.stringMatching(instead) });
  });

  it('that is a Keycloak has addresses of its own: behind those of the accelerator either site could answer', () => {
    const both = (change: object, account: object = {}) =>
      problemsAfter((data) => {
        data.sitePairs[0].sites[0].workload = { keycloak };
        data.sitePairs[0].sites[1].workload = { keycloak: { ...keycloak, ...change, admin: { ...admin, ...account } } };
      }).problems;
    const own = { lbCheck: 'https://kc-b.example/lb-check' };

    expect(both(own, { url: 'https://kc-b.example/auth' })).toEqual([]);
    expect(both(own, { url: 'https://kc.example/site-b' })).toEqual([]);
    expect(both(own, { url: 'https://KC.example:443/auth/' })).toMatchObject([
      { path: `${path}.keycloak.admin.url`, what: expect.stringContaining('another site has this Keycloak') as string },
    ]);
    expect(both({}, { url: 'https://kc-b.example' })).toMatchObject([{ path: `${path}.keycloak.lbCheck` }]);
  });

  it.each(['lbCheck', 'admin.url'])('that is a Keycloak is not asked through the accelerator: %s', (key) => {
    const faults = problemsAfter((data) => {
      data.sitePairs[0].traffic = { globalAccelerator: { dnsName: 'a123.awsglobalaccelerator.com' } };
      const change = key === 'lbCheck' ? { lbCheck: 'https://A123.awsglobalaccelerator.com/lb-check' } : {};
      const account = key === 'lbCheck' ? {} : { url: 'https://a123.awsglobalaccelerator.com' };
      data.sitePairs[0].sites[1].workload = { keycloak: { ...keycloak, ...change, admin: { ...admin, ...account } } };
    }).problems;

    expect(faults).toMatchObject([
      { path: `${path}.keycloak.${key}`, what: expect.stringContaining('this leads to the accelerator') as string },
    ]);
  });

  it('has its secret named and never shown', () => {
    const [problem, ...others] = withWorkload({ keycloak: { ...keycloak, admin: { ...admin, secret: 'hunter2' } } });

    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: `${path}.keycloak.admin.secret`,
      instead: expect.stringMatching(/aws:<secret id>/),
    });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('that is a Keycloak has its files found beside the configuration, and the realm master', () => {
    const data = exampleData();
    const secret = 'file:keycloak-secret';
    data.sitePairs[0].sites[1].workload = { keycloak: { ...keycloak, ca: 'file:ca.pem', admin: { ...admin, secret } } };

    expect(loaded(data).sitePairs[0]?.sites[1].workload).toMatchObject({
      keycloak: {
        ca: 'file:/etc/sitewarden/ca.pem',
        admin: { realm: 'master', secret: 'file:/etc/sitewarden/keycloak-secret' },
      },
    });
  });

  it('has its arguments left as they are written', () => {
    const data = exampleData();
    const left = { stop: ['curl', 'file:relative'], start: ['cat', 'file:a'], status: ['file:relative'] };
    data.sitePairs[0].sites[0].workload = { exec: left };
    data.sitePairs[0].sites[1].workload = { keycloak: { ...keycloak, ...left } };

    const [first, second] = loaded(data).sitePairs[0]!.sites;
    expect([first.workload, second.workload]).toMatchObject([{ exec: left }, { keycloak: left }]);
  });
});

describe('the archive', () => {
  const withArchive = (archive: unknown) => problemsAfter((data) => (data.archive = archive)).problems;

  it('is a folder beside the configuration where nothing is said', () => {
    const data = exampleData();
    delete data.archive;

    expect(loaded(data).archive).toEqual({ file: { folder: '/etc/sitewarden/sitewarden-archive' } });
  });

  it.each<[string, unknown]>([
    ['a folder', { file: { folder: '/var/lib/sitewarden' } }],
    ['a bucket', { s3: { bucket: 'sitewarden-archive' } }],
    ['a prefix', { s3: { bucket: 'sitewarden-archive', prefix: 'a/b', region: 'eu-central-1' } }],
  ])('may be: %s', (_what, archive) => {
    expect(withArchive(archive)).toEqual([]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['both', { file: { folder: 'x' }, s3: { bucket: 'abc' } }, 'archive', /two places/],
    ['neither', {}, 'archive', /no place/],
    ['capital letters', { s3: { bucket: 'Archive' } }, 'archive.s3.bucket', /no name of a bucket/],
    ['a slash', { s3: { bucket: 'archive', prefix: 'a/' } }, 'archive.s3.prefix', /no prefix/],
    ['a reference', { file: { folder: 'file:x' } }, 'archive.file.folder', /no folder/],
  ])('has its faults told: %s', (_fault, archive, path, what) => {
    expect(withArchive(archive)).toMatchObject([{ path, what: expect.stringMatching(what) }]);
  });
});

it('what decisions, applications and archives are set to can be printed and loaded again', () => {
  const config = loaded({ ...exampleData(), archive: { s3: { bucket: 'sitewarden-archive' } } });

  expect(problemsOf(effectiveConfig(config)).problems).toEqual([]);
});
