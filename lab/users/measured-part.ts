/**
 * The page with what was measured in the place of everything between `<!-- NAME: measured -->` and `<!-- end of NAME -->`.
 * @throws when the page lacks these lines, in this order.
 */
export function withMeasured(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: measured -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for it, between ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}
