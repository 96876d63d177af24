import { oneLine, printable } from '../../../domain/one-line';

describe('one line', () => {
  it('has no line break, no escape sequence and no change of direction', () => {
    expect(oneLine('site-a\r\nis \u001b[31mred\u202e!')).toBe('site-a is  [31mred !');
  });

  it('is cut to its length', () => {
    expect(oneLine('abcdef', 3)).toBe('abc');
    expect(oneLine('x'.repeat(300))).toHaveLength(200);
  });

  it('makes every text of a value printable, at any depth, and leaves the rest', () => {
    const at = new Date(0);

    const clean = printable({ 'a\nb': ['c\td', { e: 'f\u0000' }], count: 1, nothing: null, at });

    expect(clean).toEqual({ 'a b': ['c d', { e: 'f ' }], count: 1, nothing: null, at });
  });
});
