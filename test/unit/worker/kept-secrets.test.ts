import { secretsOf } from '../../../worker/kept-secrets';
import { exampleData, loaded } from '../config/a-config';

const agent = {
  program: '/usr/sbin/fence_redfish',
  parameters: { ip: 'bmc-b.example' },
  secrets: { password: { secret: 'aws:bmc' } },
};
const lock = { etcd: { endpoints: ['https://etcd-1.example:2379'], credentials: { secret: 'aws:etcd' } } };

describe('the secrets that a worker holds before an incident', () => {
  it('are those of the sites, of fence devices, and of the locks that its runs take', () => {
    const data = exampleData();
    const sites = data.sitePairs[0].sites.map(({ infinispan }: never) => (infinispan as Kept).credentials.secret);
    Object.assign(data, { lock });
    Object.assign(data.sitePairs[0], { outerLock: {}, fenceDevices: [{ name: 'power-b', site: 'site-b', agent }] });

    expect(secretsOf(loaded(data))).toEqual(expect.arrayContaining([...sites, 'aws:bmc', 'aws:etcd']));
  });

  it('are not those of locks that only a sentinel takes', () => {
    const data = exampleData();
    Object.assign(data, { lock });

    expect(secretsOf(loaded(data))).not.toContain('aws:etcd');
  });
});

interface Kept {
  credentials: { secret: string };
}
