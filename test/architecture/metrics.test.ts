/**
 * Metrics, their documentation, the alert rules and the dashboard say the same: what one of them names, the code has and
 * docs/metrics.md explains.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '../../runtime/metrics';
import { fenceSteps } from '../../worker/fence-times';
import { foreignMetrics } from '../support/foreign-metrics';
import {
  dashboardQueries,
  metricsIn,
  monitoringFolder,
  shippedDashboard,
  shippedRules,
  shippedRuleTests,
} from '../support/monitoring';
import { ownMetrics, type OwnMetric } from '../support/own-metrics';

const metrics = ownMetrics();
const project = join(__dirname, '..', '..');
const page = readFileSync(join(project, 'docs', 'metrics.md'), 'utf8');

/** The rows of the page's tables whose first cell is a metric. */
function documented(): Pick<OwnMetric, 'name' | 'type' | 'labels'>[] {
  const rows = [...page.matchAll(/^\| `(sitewarden_\w+)` *\| *(\w+) *\| *([^|]*?) *\|/gm)];
  return rows.map(([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: labels
      .split(', ')
      .filter((label) => label !== '')
      .sort(),
  }));
}

const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);

describe('docs/metrics.md', () => {
  it('explains every metric of ours, with its type and labels, and no other', () => {
    const described = metrics.map(({ name, type, labels }) => ({ name, type, labels }));

    expect(documented().sort(byName)).toEqual(described.sort(byName));
  });

  it('knows every metric that stands in the code of a process', () => {
    const names = new Set(metrics.map(({ name }) => name));
    const inCode = ['worker', 'sentinel', 'runtime', 'activities', 'client', 'gateways'].flatMap((room) =>
      sources(room).flatMap((text) => [...text.matchAll(/'(sitewarden_[a-z_]+)'/g)]),
    );

    expect(inCode.length).toBeGreaterThan(10);
    expect(inCode.map(([, name = '']) => name).filter((name) => !names.has(name))).toEqual([]);
  });

  it('explains every step of a fence', () => {
    const steps = [...page.matchAll(/^\| `(\w+)` *\| [^|]* \|$/gm)].map(([, step]) => step);

    expect(steps).toEqual([...fenceSteps]);
  });

  it('has a heading for every alert, and for no other', () => {
    const headings = [...page.matchAll(/^### (Sitewarden\w+)$/gm)].map(([, name = '']) => name);

    expect(headings.sort()).toEqual(
      shippedRules()
        .map(({ alert }) => alert)
        .sort(),
    );
  });
});

function sources(room: string): string[] {
  const names = readdirSync(join(project, room), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(project, room, name), 'utf8'));
}

/** Names as they stand in expressions: a histogram has three. */
async function knownNames(): Promise<ReadonlySet<string>> {
  const ours = metrics.flatMap(({ name, type }) => withParts(name, type === 'histogram'));
  const nodes = (await createMetrics('worker').getMetricsAsJSON()).map(({ name }) => name);
  const others = Object.values(foreignMetrics)
    .flat()
    .flatMap((name) => withParts(name, name.endsWith('_seconds')));
  return new Set([...ours, ...nodes, ...others]);
}

function withParts(name: string, isHistogram: boolean): string[] {
  return isHistogram ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

describe('expressions', () => {
  it('are taken apart as Prometheus would', () => {
    const expr = 'max by (pair) (a_total{b="c_d"}) / on (e) group_left (f) rate(g:h[5m]) unless {__name__=~"i"} == 1';

    expect(metricsIn(expr)).toEqual(['a_total', 'g:h']);
  });

  it('of the alert rules name only metrics that exist', async () => {
    const known = await knownNames();
    const unknown = shippedRules().flatMap(({ alert, expr }) =>
      metricsIn(expr)
        .filter((name) => !known.has(name))
        .map((name) => `${alert}: ${name}`),
    );

    expect(unknown).toEqual([]);
  });

  it('of the dashboard name only metrics that exist', async () => {
    const known = await knownNames();
    const queries = dashboardQueries(shippedDashboard());
    const unknown = queries.flatMap(({ panel, expr }) =>
      metricsIn(expr)
        .filter((name) => !known.has(name))
        .map((name) => `${panel}: ${name}`),
    );

    expect(queries.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });
});

describe('the alert rules', () => {
  const rules = shippedRules();

  it.each(rules.map(({ alert, labels, annotations }) => [alert, labels, annotations] as const))(
    '%s: says what it means, what to do first, and where to read on',
    (alert, labels, { summary, description, runbook }) => {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(summary).not.toBe('');
      expect(description.length).toBeGreaterThan(60);
      expect(runbook).toBe(`docs/metrics.md#${alert.toLowerCase()}`);
    },
  );

  it('each has a test in which it fires and one in which it must not; its texts use only labels that it then has', () => {
    const lacking = rules.filter(({ alert, annotations }) => {
      const checks = shippedRuleTests()
        .flatMap((test) => test.promql_expr_test)
        .filter(({ expr }) => expr.includes(`"${alert}"`));
      const fired = checks.flatMap(({ exp_samples: samples }) => samples.map(({ labels }) => labels));
      const used = [
        ...Object.values(annotations)
          .join()
          .matchAll(/\$labels\.(\w+)/g),
      ].map(([, label = '']) => label);
      const unset = used.filter((label) => !fired.some((labels) => labels.includes(`${label}="`)));
      return fired.length === 0 || !checks.some(({ exp_samples: samples }) => samples.length === 0) || unset.length > 0;
    });

    expect(lacking.map(({ alert }) => alert)).toEqual([]);
  });
});

describe('the dashboard', () => {
  const dashboard = shippedDashboard();
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('asks the data source that its user chooses, everywhere', () => {
    const asked = panels.flatMap(({ datasource, targets = [] }) => [
      datasource,
      ...targets.map((one) => one.datasource),
    ]);

    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(new Set(asked.map((one) => one?.uid))).toEqual(new Set(['${datasource}']));
  });

  it('says of every panel what it shows; no two share an id or a place', () => {
    const overlapping = panels.filter((one) =>
      panels.some((other) => one.id < other.id && overlap(one.gridPos, other.gridPos)),
    );

    expect(panels.filter(({ description = '' }) => description === '').map(({ title }) => title)).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(overlapping.map(({ title }) => title)).toEqual([]);
  });

  it('lies beside the rules, their tests and an example of how to scrape', () => {
    expect(readdirSync(monitoringFolder).sort()).toEqual([
      'README.md',
      'grafana-dashboard.json',
      'scrape.example.yml',
      'sitewarden-rules.yml',
      'sitewarden-rules_test.yml',
    ]);
  });
});

type Place = { x: number; y: number; w: number; h: number };

function overlap(one: Place, other: Place): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}
