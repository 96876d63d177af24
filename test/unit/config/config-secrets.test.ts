import { stringify } from 'yaml';
import { effectiveConfig } from '../../../config';
import { exampleData, exampleText, loaded, problemsOf } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
const canary = 'hunter2-canary';

describe('a password in the configuration', () => {
  const places: [string, (data: any) => void][] = [
    ['where its reference belongs', (data) => (data.webhook.credentials.secret = canary)],
    ['where the mapping belongs', (data) => (data.webhook.credentials = canary)],
    ['beside the reference', (data) => (data.webhook.credentials.password = canary)],
    ['as a bearer token', (data) => (data.webhook.bearer = { secret: canary })],
    ['at Infinispan', (data) => (data.sitePairs[0].sites[0].infinispan.credentials.secret = canary)],
    ['where a section belongs', (data) => (data.sitePairs[0].sites[0].infinispan = canary)],
    ['in a URL', (data) => (data.sitePairs[0].sites[0].infinispan.url = `https://admin:${canary}@host:11222`)],
    ['with slashes in a URL', (data) => (data.sitePairs[0].sites[0].health = `https://admin:a/b${canary}@host/x`)],
    ['in the query of a broken URL', (data) => (data.sitePairs[0].sites[0].health = `http:x?token=${canary}#x`)],
    ['instead of a CA', (data) => (data.sitePairs[0].sites[0].infinispan.ca = canary)],
    ['under an unknown key', (data) => (data.temporal.apiKey = canary)],
  ];

  it.each(places)('is refused and not repeated: %s', (_place, change) => {
    const data = exampleData();
    change(data);

    const { problems, message } = problemsOf(stringify(data));

    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems) + message).not.toContain(canary);
  });

  it.each(['"x', '*x', 'x: y', '[x', '%x', '`x', '"x" "y"'])('is not repeated by a syntax error: %s', (broken) => {
    const text = exampleText.replace('{ secret: aws:webhook-credentials }', broken.replace(/[xy]/g, canary));

    const { problems, message } = problemsOf(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems) + message).not.toContain(canary);
  });
});

describe('the effective configuration', () => {
  it('shows defaults and references', () => {
    const text = effectiveConfig(loaded(exampleData()));

    expect(text).toContain('secret: aws:webhook-credentials');
    expect(text).toContain('stableSeconds: 60');
  });

  it('can be loaded again and means the same', () => {
    const config = loaded(exampleData());

    const { problems } = problemsOf(effectiveConfig(config));

    expect(problems).toEqual([]);
  });

  it('leaves out the query of a health URL', () => {
    const data = exampleData();
    data.sitePairs[0].sites[0].health = `https://site-a.example/lb-check?token=${canary}`;

    expect(effectiveConfig(loaded(data))).not.toContain(canary);
  });
});
