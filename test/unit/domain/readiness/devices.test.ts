import { deviceFindings, type DeviceReport } from '../../../../domain/readiness/devices';
import type { FenceDevice, SitePair } from '../../../../domain/site-pair';
import { now, pair } from '../../../support/observations';

const device = (name: string, level: number, kind: FenceDevice['kind'] = 'agent'): FenceDevice => ({
  ...{ name, site: 'site-b', level, kind },
});
const levelled: SitePair = {
  ...pair,
  fencing: {
    trafficLevel: 1,
    trafficWithinSeconds: 30,
    devices: [device('power-b', 2), device('console-b', 3), device('by-hand-b', 4, 'manual')],
  },
};
const ready: DeviceReport = { state: { value: 'on', at: now }, check: { value: [], at: now } };
const failed = { unknown: 'FenceDeviceFailed', at: now } as const;

describe('what fence devices say in peace time', () => {
  it('nothing where all are ready, and of a person nothing is asked', () => {
    expect(deviceFindings(levelled, { 'power-b': ready, 'console-b': ready })).toEqual([]);
    expect(deviceFindings(pair, {})).toEqual([]);
  });

  it('one that does not answer: which level is missing, and why', () => {
    const report: DeviceReport = { state: failed, check: failed, says: 'power-b (fence_x, monitor) ended with 1.\nno' };

    expect(deviceFindings(levelled, { 'power-b': report, 'console-b': ready })).toEqual([
      {
        what: 'the fence device power-b does not answer (FenceDeviceFailed: power-b (fence_x, monitor) ended with 1. no)',
        consequence: 'level 2 could not fence site-b',
        fix: 'put it right, and look again: sitewarden devices keycloak-prod',
      },
    ]);
  });

  it('one of the last level: nothing comes after it', () => {
    const devices = levelled.fencing!.devices.filter(({ kind }) => kind === 'agent');
    const agents = { ...levelled, fencing: { ...levelled.fencing!, devices } };

    const [finding] = deviceFindings(agents, { 'power-b': ready, 'console-b': { state: failed, check: failed } });

    expect(finding).toMatchObject({
      what: 'the fence device console-b does not answer (FenceDeviceFailed)',
      consequence: 'level 3 could not fence site-b, and no level comes after it',
    });
  });

  it('one of which nothing was said: what is not known is not ready', () => {
    expect(deviceFindings(levelled, { 'console-b': ready })).toEqual([
      {
        what: 'the fence device power-b was not asked, so nothing says that it is ready',
        consequence: 'level 2 could not fence site-b',
        fix: 'have every worker run with this configuration (fenceDevices), and look again: sitewarden devices keycloak-prod',
      },
    ]);
  });

  it('one with a wrong parameter, that cannot tell its status: both', () => {
    const check = { value: ['fence_x has no parameter fil; it would be ignored.'], at: now };

    const findings = deviceFindings(levelled, { 'power-b': { state: failed, check }, 'console-b': ready });

    expect(findings.map(({ what }) => what)).toEqual([
      'the fence device power-b: fence_x has no parameter fil; it would be ignored',
      'the fence device power-b cannot tell whether site-b is on (FenceDeviceFailed)',
    ]);
    expect(findings[1]?.consequence).toBe('level 2 could not fence site-b: nothing would confirm it');
  });

  it('one that says off in peace: the site is down, or the device drives another machine', () => {
    const off: DeviceReport = { ...ready, state: { value: 'off', at: now } };

    expect(deviceFindings(levelled, { 'power-b': off, 'console-b': ready })).toMatchObject([
      { what: 'the fence device power-b says that site-b is off' },
    ]);
  });
});
