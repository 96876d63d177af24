import { configHash, effectiveConfig, toSitePair } from '../../../config';
import { exampleData, loaded, problemsAfter } from './a-config';

const agent = { program: '/usr/sbin/fence_redfish', parameters: { ip: 'bmc-b.example' } };
const power = { name: 'power-b', site: 'site-b', agent };
const byHand = { name: 'by-hand-b', site: 'site-b', level: 3, manual: 'pull its uplink' };

const withDevices = (devices: unknown, traffic: object = {}) =>
  problemsAfter((data) => {
    data.sitePairs[0].fenceDevices = devices;
    Object.assign(data.sitePairs[0].traffic.globalAccelerator, traffic);
  }).problems;

function pairWith(devices: unknown, traffic: object = {}) {
  const data = exampleData();
  if (devices !== undefined) data.sitePairs[0].fenceDevices = devices;
  Object.assign(data.sitePairs[0].traffic.globalAccelerator, traffic);
  return loaded(data);
}

describe('fence devices', () => {
  it('are none unless named: the rules know of no level', () => {
    const [pair] = pairWith(undefined).sitePairs;

    expect(toSitePair(pair!)).not.toHaveProperty('fencing');
  });

  it('come after Global Accelerator unless told otherwise, and what they are reached by stays here', () => {
    const config = pairWith([power, byHand], { fenceLevel: 2, confirmsWithinSeconds: 45 });
    const { fencing } = toSitePair(config.sitePairs[0]!);

    expect(fencing).toEqual({
      trafficLevel: 2,
      trafficWithinSeconds: 45,
      devices: [
        { name: 'power-b', site: 'site-b', level: 2, kind: 'agent' },
        { name: 'by-hand-b', site: 'site-b', level: 3, kind: 'manual', instruction: 'pull its uplink' },
      ],
    });
    expect(toSitePair(pairWith([power]).sitePairs[0]!).fencing).toMatchObject({
      trafficLevel: 1,
      trafficWithinSeconds: 30,
    });
    expect(configHash(config, 'keycloak-prod')).not.toBe(configHash(pairWith([power]), 'keycloak-prod'));
  });

  it('name their secrets by reference, which is all that is shown of them', () => {
    const shown = effectiveConfig(
      pairWith([{ ...power, agent: { ...agent, secrets: { password: { secret: 'aws:bmc-b' } } } }]),
    );

    expect(shown).toContain('secret: aws:bmc-b');
    expect(
      withDevices([{ ...power, agent: { ...agent, secrets: { password: { secret: 'hunter2' } } } }]),
    ).toMatchObject([
      {
        path: 'sitePairs[0].fenceDevices[0].agent.secrets.password.secret',
        what: expect.not.stringContaining('hunter2'),
      },
    ]);
  });

  it.each([
    ['no driver', [{ name: 'x', site: 'site-b' }], '[0]', 'nothing drives this device'],
    ['two drivers', [{ ...byHand, agent }], '[0]', 'this device has two drivers'],
    ['one name twice', [power, { ...power, level: 3 }], '[1].name', 'another device of the pair has this name'],
    ['a site that is none', [{ ...power, site: 'site-c' }], '[0].site', 'none of the two sites'],
    [
      'a person before an agent',
      [
        { ...byHand, level: 2 },
        { ...power, level: 3 },
      ],
      '[0].level',
      'a person is not the last',
    ],
    ['a person beside an agent', [{ ...byHand, level: 2 }, power], '[0].level', 'a person is not the last'],
    ['an empty list', [], '', 'the list is empty'],
    [
      'an action',
      [{ ...power, agent: { ...agent, parameters: { action: 'off' } } }],
      '[0].agent.parameters',
      'no parameter to configure',
    ],
    ['a number', [{ ...power, agent: { ...agent, parameters: { ipport: 443 } } }], '[0].agent.parameters.ipport', ''],
    [
      'a secret given twice',
      [{ ...power, agent: { ...agent, secrets: { ip: { secret: 'env:IP' } } } }],
      '[0].agent.parameters.ip',
      'given as a secret too',
    ],
    ...['password', 'passwd', 'snmp_priv_passwd', 'secret_key', 'api_key'].map(
      (key): [string, object[], string, string] => [
        `${key} in plain text`,
        [{ ...power, agent: { ...agent, parameters: { [key]: 'hunter2' } } }],
        `[0].agent.parameters.${key}`,
        'a secret does not stand in the configuration',
      ],
    ),
  ])('%s is refused', (_, devices, where, what) => {
    const problems = withDevices(devices);

    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toContain(`sitePairs[0].fenceDevices${where}`);
    expect(problems[0]?.what).toContain(what);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('may name a script or a file that holds a secret', () => {
    const parameters = { passwd_script: '/etc/bmc-secret', ssh_key: '/etc/key', access_key: 'AKIA' };

    expect(withDevices([{ ...power, agent: { ...agent, parameters } }])).toEqual([]);
  });

  it.each(['infinispan.site-b.example', 'infinispan.site-b.example:623', 'https://infinispan.site-b.example/redfish'])(
    'must not depend on what it fences: %s is an address of that site',
    (ip) => {
      const fences = (site: string) => withDevices([{ ...power, site, agent: { ...agent, parameters: { ip } } }]);

      expect(fences('site-b')).toMatchObject([
        {
          path: 'sitePairs[0].fenceDevices[0].agent.parameters.ip',
          what: expect.stringContaining('this is an address of site-b, the site that the device fences'),
        },
      ]);
      expect(fences('site-a')).toEqual([]);
    },
  );

  it('of Global Accelerator a level is refused where there is no other', () => {
    const problems = problemsAfter((data) => {
      data.sitePairs[0].traffic.globalAccelerator.fenceLevel = 2;
    }).problems;

    expect(problems).toMatchObject([{ path: 'sitePairs[0].traffic.globalAccelerator.fenceLevel' }]);
  });
});
