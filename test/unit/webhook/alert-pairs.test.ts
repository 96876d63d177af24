import { alertPairs } from '../../../client/webhook/alert-pairs';
import { exampleData, loaded } from '../config/a-config';

const accelerator = 'arn:aws:globalaccelerator::111122223333:accelerator/x';

describe('the pairs of a configuration', () => {
  it('are known by name, sites and every name of their accelerator', () => {
    const data = exampleData();
    data.sitePairs[0].traffic.globalAccelerator.endpointGroups = [
      `${accelerator}/listener/l/endpoint-group/1`,
      `${accelerator}/listener/l/endpoint-group/2`,
    ];

    expect(alertPairs(loaded(data))).toEqual([
      {
        name: 'keycloak-prod',
        sites: ['site-a', 'site-b'],
        accelerators: ['a1234567890abcdef.awsglobalaccelerator.com', accelerator],
      },
    ]);
  });
});
