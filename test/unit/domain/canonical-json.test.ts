import fc from 'fast-check';
import { canonicalJson, sameJson } from '../../../domain/canonical-json';

const anything = fc.anything({
  key: fc.constantFrom('a', 'b', 'c'),
  maxDepth: 3,
  values: [fc.constantFrom<unknown>(undefined, null, 0, 1, 'x', true)],
});

describe('canonical JSON', () => {
  it('sorts keys and leaves out what is undefined', () => {
    expect(canonicalJson({ b: 1, a: [undefined, 'x', null], c: undefined })).toBe('{"a":[null,"x",null],"b":1}');
    expect(canonicalJson(undefined)).toBe('null');
  });

  it.each([
    ['the order of keys', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    ['an undefined key and a missing one', { a: undefined, b: 1 }, { b: 1 }, true],
    ['an undefined key and null', { a: undefined }, { a: null }, false],
    ['an array and an object', [], {}, false],
    ['arrays of different length', [1], [1, 2], false],
    ['null and an object', null, {}, false],
    ['different leaves', { a: [1] }, { a: [2] }, false],
  ])('compares values: %s', (_case, left, right, same) => {
    expect(sameJson(left, right)).toBe(same);
    expect(sameJson(right, left)).toBe(same);
  });

  it('calls equal exactly what has equal text', () => {
    fc.assert(
      fc.property(anything, anything, (left, right) => {
        expect(sameJson(left, right)).toBe(canonicalJson(left) === canonicalJson(right));
        expect(sameJson(left, structuredClone(left))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
