import { LastLines } from '../../../gateways/programs/last-lines';

const secret = 's3cret-of-the-bmc';

function shown(printed: readonly string[], hidden: readonly string[] = [secret]): string {
  const lines = new LastLines({ lines: 20, characters: 100 }, hidden);
  for (const chunk of printed) lines.add(chunk);
  return lines.toString();
}

/** Whether four characters of it in a row can be read. */
const shows = (text: string, one = secret): boolean =>
  Array.from({ length: one.length - 3 }, (_, at) => one.slice(at, at + 4)).some((part) => text.includes(part));

describe('what a program prints of what is hidden', () => {
  it('is masked, also where it comes in two parts', () => {
    expect(shown([`login with ${secret.slice(0, 5)}`, `${secret.slice(5)} refused`])).toBe('login with *** refused');
  });

  it('is masked wherever the rest is cut: no part of it is left', () => {
    for (let after = 0; after < 400; after += 1) {
      for (const filler of ['x', '\n']) expect(shows(shown([`${secret}${filler.repeat(after)}end`]))).toBe(false);
      expect(shows(shown([`${secret} ${secret}${'\n'.repeat(after)}`, 'end']))).toBe(false);
    }
  });

  it('is masked as a whole where it holds another one, and as JSON writes it', () => {
    expect(shown(['s3cret-of-the-bmc'], ['s3cret', secret])).toBe('***');
    expect(shown(['{"Password":"a\\"quote"}'], ['a"quote'])).toBe('{"Password":"***"}');
  });

  it('is all else where nothing is hidden', () => {
    expect(shown(['one\n', 'two'], [''])).toBe('one\ntwo');
  });
});
