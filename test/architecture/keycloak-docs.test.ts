/**
 * docs/keycloak.md against the code: its configurations are valid, and what it says of readiness is what `observe` says.
 * `SITEWARDEN_WRITE_DOCS=1` writes the generated part anew instead of comparing it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { sitewardenProgram } from '../../client/cli/program';
import type { Surroundings } from '../../client/cli/surroundings';
import { parseConfig } from '../../config';
import { findingsOfALook } from '../../domain/readiness/assess-readiness';
import type { CacheConfiguration, ReadinessFacts, ServerInfo, SiteReadiness } from '../../domain/readiness/facts';
import type { Finding } from '../../domain/readiness/finding';
import type { SitePair } from '../../domain/site-pair';
import { fine, observed, pair as usual, read, unread, type Seen } from '../support/observations';

const page = join(__dirname, '..', '..', 'docs', 'keycloak.md');
const rewrite =
  'SITEWARDEN_WRITE_DOCS=1 npx jest test/architecture/keycloak-docs.test.ts --selectProjects architecture';
const text = readFileSync(page, 'utf8');
const blocks = [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```/gms)].map(([, , kind = '', content = '']) => ({
  kind,
  content,
}));
const yamlOf = (file: string) =>
  blocks.filter(({ kind, content }) => kind === 'yaml' && content.startsWith(`# ${file}\n`));

describe('docs/keycloak.md', () => {
  it('has a sitewarden.yaml that is valid, and gives each site a Keycloak that can be refreshed', () => {
    const [{ content } = { content: '' }, ...others] = yamlOf('sitewarden.yaml');
    const { sitePairs } = parseConfig('sitewarden.yaml', content, {
      TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
    });

    expect(others).toEqual([]);
    expect(sitePairs.flatMap(({ sites }) => sites).map(({ workload }) => Object.keys(workload))).toEqual([
      ['keycloak'],
      ['keycloak'],
    ]);
  });

  it('has the rule SiteOffline as deploy/alerting has it', () => {
    const deployed = siteOffline(readFileSync(join(page, '../../deploy/alerting/rules.yml'), 'utf8'));
    const [shown] = yamlOf('rules.yml').map(({ content }) => siteOffline(content));

    expect(deployed).toMatchObject(shown ?? {});
    expect(shown?.expr).toBe(deployed?.expr);
  });

  it('routes SiteOffline to Sitewarden as deploy/alerting does', () => {
    const deployed = sitewardenRoute(
      readFileSync(join(page, '../../deploy/alerting/alertmanager.example.yml'), 'utf8'),
    );
    const shown = yamlOf('alertmanager.yml').map(({ content }) => sitewardenRoute(content));

    expect(shown).toEqual([deployed, { ...deployed, continue: true }]);
  });

  it('has no block of YAML that is none', () => {
    for (const { content } of blocks.filter(({ kind }) => kind === 'yaml')) expect(() => parse(content)).not.toThrow();
  });

  it('types no command and no option that there is not', () => {
    const typed = [...text.matchAll(/^ *(sitewarden [^\n]+)$|`(sitewarden [^`]+)`/gm)].map(([, line, inline]) => {
      return (line ?? inline ?? '').replace(/"[^"]*"/g, 'text');
    });
    const unknown = typed.filter((line) => !isKnown(line));

    expect(typed.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });

  it(`has every finding of \`observe\`, in its words (if not: ${rewrite})`, () => {
    const [begin, end] = ['<!-- findings: generated -->', '<!-- end of findings -->'];
    const [before = '', rest = ''] = text.split(begin);
    const [, after = ''] = rest.split(end);
    const wanted = [before, begin, `\n<!-- prettier-ignore -->\n${findingsTable()}\n\n`, end, after].join('');
    if (process.env.SITEWARDEN_WRITE_DOCS) writeFileSync(page, wanted);

    expect(text).toContain(begin);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });
});

interface Rule {
  alert: string;
  expr: string;
}

function siteOffline(rules: string): Rule | undefined {
  const { groups } = parse(rules) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules).find(({ alert }) => alert === 'SiteOffline');
}

interface Route {
  receiver: string;
  routes: Route[];
}

function sitewardenRoute(alertmanager: string): Route | undefined {
  const { route } = parse(alertmanager) as { route: Route };
  return route.routes.find(({ receiver }) => receiver === 'sitewarden');
}

/** Of a command with its arguments: every word that is none of an option is left to the command. */
function isKnown(line: string): boolean {
  const stream = { write: () => true };
  const program = sitewardenProgram({ stdout: stream, stderr: stream } as unknown as Surroundings, () => undefined);
  const [, name, ...words] = line.split(/\s+/);
  const group = program.commands.find((each) => each.name() === name);
  const command = group?.commands.find((each) => each.name() === words[0]) ?? group;
  const options = [program, command].flatMap((each) => each?.options.map(({ long }) => long) ?? []);
  return command !== undefined && words.filter((word) => word.startsWith('--')).every((word) => options.includes(word));
}

const pair: SitePair = { ...usual, workloads: { 'site-a': 'keycloak', 'site-b': 'keycloak' } };
const right: CacheConfiguration = {
  transactionMode: 'NON_DURABLE_XA',
  backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
};
const server: ServerInfo = { version: '26.7.3', issuer: 'https://login.example/realms/master' };
const ready: ReadinessFacts['sites'] = {
  'site-a': { caches: read({ work: right }), server: read(server) },
  'site-b': { caches: read({ work: right }), server: read(server) },
};

/** One of each kind: of a cache `work` at site-a, and of the Keycloak at site-b. */
function findingsTable(): string {
  const ofCache = (work: CacheConfiguration | 'absent'): Finding[] => found({ 'site-a': { caches: read({ work }) } });
  const ofServer = (other: Partial<ServerInfo>) => found({ 'site-b': { server: read({ ...server, ...other }) } });
  const findings = [
    ofCache('absent'),
    ofCache({ transactionMode: 'NON_DURABLE_XA' }),
    ofCache({ ...right, transactionMode: 'NON_XA' }),
    ofCache({ ...right, backup: { strategy: 'ASYNC', failurePolicy: 'WARN' } }),
    ofCache({ ...right, backup: { strategy: 'SYNC', failurePolicy: 'WARN' } }),
    found({}, { a: { ...fine, backups: { sessions: 'online', work: 'offline' } } }),
    ofServer({ version: '26.6.0' }),
    ofServer({ issuer: 'https://site-b.example/realms/master' }),
    found({ 'site-a': { caches: unread('InfinispanDenied') } }),
    found({ 'site-b': { server: unread('KeycloakDenied') } }),
  ].flat();
  const rows = findings.map(({ what, consequence, fix }) => [what, consequence, fix].map(inCell));
  return [['finding', 'means', 'fix'], ['---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function found(change: Partial<Record<string, Partial<SiteReadiness>>>, seen: Seen = {}): Finding[] {
  const sites = Object.fromEntries(
    Object.entries(ready).map(([site, usually]) => [site, { ...usually, ...change[site] }]),
  );
  return findingsOfALook(pair, { observation: observed(seen), sites, siteTags: {}, devices: {} });
}

/** Markdown takes `<` for HTML, and `*` and `_` for emphasis. */
const inCell = (words: string): string => words.replace(/[<|*]/g, (sign) => `\\${sign}`);
