/** The shipped monitoring files, as tests read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const monitoringFolder = join(__dirname, '..', '..', 'deploy', 'monitoring');

export interface AlertRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: { summary: string; description: string; runbook: string };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; datasource: { uid: string } }[];
}

export interface Dashboard {
  schemaVersion: number;
  templating: { list: { name: string; type: string; query: unknown }[] };
  panels: Panel[];
}

/** One series of a rules test that is expected, by its selector. */
export interface RuleTest {
  name: string;
  promql_expr_test: { expr: string; exp_samples: { labels: string }[] }[];
}

const read = (file: string): string => readFileSync(join(monitoringFolder, file), 'utf8');

export function shippedRules(): AlertRule[] {
  const file = parse(read('sitewarden-rules.yml')) as { groups: { rules: AlertRule[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

export function shippedRuleTests(): RuleTest[] {
  return (parse(read('sitewarden-rules_test.yml')) as { tests: RuleTest[] }).tests;
}

export function shippedDashboard(): Dashboard {
  return JSON.parse(read('grafana-dashboard.json')) as Dashboard;
}

/** Every expression of the dashboard as Prometheus gets it: Grafana's variables filled in. */
export function dashboardQueries(dashboard: Dashboard): { panel: string; expr: string }[] {
  return dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      panel: title,
      expr: expr.replace(/\$__(rate_interval|range|interval)\b/g, '5m').replace(/\$pair\b/g, '.*'),
    })),
  );
}

const keywords = new Set(
  'and or unless by without on ignoring group_left group_right offset bool inf nan start end'.split(' '),
);

/**
 * The names of the metrics in a PromQL expression: what is left of it without texts, label lists, durations, functions
 * and keywords. Metrics that are chosen by a matcher on `__name__` have no name in it.
 */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"|'[^']*'/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\boffset\s+\d+[smhdw]/g, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])/g)].map(([word]) => word);
  return [...new Set(words.filter((word) => !keywords.has(word.toLowerCase())))];
}
