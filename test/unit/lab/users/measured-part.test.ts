import { withMeasured } from '../../../../lab/users/measured-part';

const page = '# Page\n\n<!-- users: measured -->\nold\n<!-- end of users -->\n\nAfter.\n';

describe('the measured part of a page', () => {
  it('is replaced, and nothing else is', () => {
    const replaced = '# Page\n\n<!-- users: measured -->\n\nnew\n\n<!-- end of users -->\n\nAfter.\n';

    expect(withMeasured(page, 'users', 'new')).toBe(replaced);
    expect(withMeasured(replaced, 'users', 'new')).toBe(replaced);
  });

  it.each([['# Page\n'], ['<!-- end of users --><!-- users: measured -->'], ['<!-- users: measured -->']])(
    'refuses a page without a place for it: %j',
    (without) => {
      expect(() => withMeasured(without, 'users', 'new')).toThrow(
        'the page has no place for it, between <!-- users: measured --> and <!-- end of users -->',
      );
    },
  );
});
