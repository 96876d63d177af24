import { acceleratorArnOf, acceleratorKey } from '../../../domain/accelerator-name';

const arn = 'arn:aws:globalaccelerator::111122223333:accelerator/AbCd';

describe('names of an accelerator', () => {
  it.each([
    ['in capitals', 'A1B2.AwsGlobalAccelerator.com'],
    ['with the dot of the root', 'a1b2.awsglobalaccelerator.com.'],
    ['for both address families', 'a1b2.dualstack.awsglobalaccelerator.com'],
  ])('have one form: a DNS name %s', (_, name) => {
    expect(acceleratorKey(name)).toBe('a1b2.awsglobalaccelerator.com');
  });

  it('have one form: the ARN of what is below it', () => {
    expect(acceleratorKey(`${arn}/listener/x/endpoint-group/y`)).toBe(arn.toLowerCase());
    expect(acceleratorArnOf(`${arn}/listener/x/endpoint-group/y`)).toBe(arn);
    expect(acceleratorArnOf(arn)).toBe(arn);
  });
});
