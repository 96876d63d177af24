import type { Route } from './answers';

export type Labels = Readonly<Record<string, string>>;

/** `maybe`: it asks for a label that is not known here, or is written in a way that is not understood. */
type Matches = 'yes' | 'no' | 'maybe';

/**
 * The receivers that an alert with these labels reaches, as Alertmanager walks its tree (documentation, "Configuration", route).
 * The alert may carry further labels, which nobody here knows: a route that asks for one is walked, and so is what comes after it.
 */
export function receiversFor(root: Route, labels: Labels): ReadonlySet<string> {
  return walk(root, labels, '');
}

function walk(route: Route, labels: Labels, inherited: string): Set<string> {
  const { receiver = inherited } = route;
  const reached = new Set<string>();
  let isTaken = false;
  for (const child of route.routes) {
    const matches = matchesOf(child, labels);
    if (matches === 'no') continue;
    for (const name of walk(child, labels, receiver)) reached.add(name);
    if (matches === 'maybe') continue;
    isTaken = true;
    if (!child.continue) break;
  }
  if (!isTaken) reached.add(receiver);
  return reached;
}

function matchesOf({ matchers, match, match_re }: Route, labels: Labels): Matches {
  const all = [
    ...matchers.flatMap((text) => (split(text) ?? [undefined]).map((one) => matchesOne(one, labels))),
    ...Object.entries(match).map(([name, value]) => matchesOne({ name, operator: '=', value }, labels)),
    ...Object.entries(match_re).map(([name, value]) => matchesOne({ name, operator: '=~', value }, labels)),
  ];
  if (all.includes('no')) return 'no';
  return all.includes('maybe') ? 'maybe' : 'yes';
}

interface Matcher {
  name: string;
  operator: string;
  value: string;
}

const oneMatcher = /^\s*(?:"([^"]+)"|([^\s"=!~,{}]+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^",{}]*?))\s*(?:,|$)/;

/** One text may hold several, in braces and with commas between. `undefined` where it is not understood. */
function split(text: string): Matcher[] | undefined {
  let rest = text.trim().replace(/^\{(.*)\}$/s, '$1');
  const found: Matcher[] = [];
  while (rest.trim() !== '') {
    const [whole, quoted, bare, operator = '', quotedValue, bareValue = ''] = oneMatcher.exec(rest) ?? [];
    const name = quoted ?? bare;
    if (whole === undefined || name === undefined) return undefined;
    found.push({ name, operator, value: quotedValue?.replace(/\\(["\\])/g, '$1') ?? bareValue });
    rest = rest.slice(whole.length);
  }
  return found;
}

function matchesOne(matcher: Matcher | undefined, labels: Labels): Matches {
  if (!matcher || !Object.hasOwn(labels, matcher.name)) return 'maybe';
  const { operator, value } = matcher;
  const label = labels[matcher.name] ?? '';
  if (operator === '=' || operator === '!=') return (label === value) === (operator === '=') ? 'yes' : 'no';
  try {
    return new RegExp(`^(?:${value})$`, 's').test(label) === (operator === '=~') ? 'yes' : 'no';
  } catch {
    // RE2 knows forms that this one does not.
    return 'maybe';
  }
}
