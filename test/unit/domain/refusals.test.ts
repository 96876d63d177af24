import { domainVersion } from '../../../domain/assess';
import { refusal, refusalCodes, type RefusalCode } from '../../../domain/refusals';

describe('refusal', () => {
  it('says what a person says on a call, or the sentence for this case', () => {
    expect(refusal('NotHeld')).toEqual({ code: 'NotHeld', message: 'The run is not held.' });
    expect(refusal('NotHeld', 'site-a is not held.').message).toBe('site-a is not held.');
  });

  it.each(Object.keys(refusalCodes) as RefusalCode[])('is one sentence: %s', (code) => {
    expect(refusal(code).message).toMatch(/^[A-Z].*\.$/);
  });

  it('belongs to a version of the rules', () => {
    expect(Number.isInteger(domainVersion)).toBe(true);
  });
});
