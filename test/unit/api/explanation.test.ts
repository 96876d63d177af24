import { explanation } from '../../../client/api/answers';
import { explanationOf } from '../../../client/api/explanation';
import { now } from '../../support/observations';
import { aResult, aStatus, closed, open } from '../cli/fake-runs';

const weighed = {
  testimonies: [{ by: 'observer third', votes: 1, heard: true, says: 'reaches site-a only', at: now }],
  conclusion: 'partition, because site-a does not see site-b',
};

describe("the API's explanation", () => {
  it.each([
    ['of an open run', open(aStatus({ weighed }))],
    ['of the last run', { ...closed('aborted'), result: aResult({ status: aStatus({ weighed }) }) }],
  ])('%s of a pair with observers tells the evidence', (_, seen) => {
    const told = explanation.parse(explanationOf('keycloak-prod', seen));

    expect(told.evidence).toEqual(weighed);
  });

  it('of a pair without observers has no evidence', () => {
    expect(explanation.parse(explanationOf('keycloak-prod', open(aStatus())))).not.toHaveProperty(
      'evidence.testimonies',
    );
  });
});
