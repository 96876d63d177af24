/**
 * `npm run measure:users`: the same cut twice, on real Keycloaks with users at work: once with Sitewarden, once without.
 * Writes what users felt into docs/keycloak.md and draws it beside it, so that the numbers there can be had again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Story } from './demo/story';
import { startLab, type Lab } from './lab';
import { projectFolder } from './project-folder';
import { interruption } from './stop-signal';
import { incidentWithUsers } from './users/incident-with-users';
import { comparisonTable, markdownTable } from './users/markdown';
import { withMeasured } from './users/measured-part';
import { drawnAsSvg } from './users/svg';
import { drawnForTerminal } from './users/terminal';
import type { Timeline } from './users/timeline';

const page = join(projectFolder, 'docs', 'keycloak.md');
const policy = { stableSeconds: 3, soakSeconds: 3 };
const runs = { 'with Sitewarden': true, 'without Sitewarden': false } as const;

void main();

async function main(): Promise<void> {
  const stop = interruption();
  const story = new Story();
  try {
    const timelines: Record<string, Timeline> = {};
    for (const [title, withSitewarden] of Object.entries(runs)) {
      story.tell(`The incident ${title}: starting the lab with Keycloak ...`);
      timelines[title] = await inLab(stop, (lab) => incidentWithUsers({ lab, story, withSitewarden }));
      console.log(`\n${drawnForTerminal(timelines[title])}\n`);
    }
    writePage(timelines);
    story.tell(`Written: ${page}, and a drawing of each run beside it.`);
  } catch (error) {
    if (!stop.aborted) console.error(`\nNothing was measured: ${(error as Error).message}`);
    process.exitCode = stop.aborted ? 130 : 1;
  }
}

async function inLab<T>(signal: AbortSignal, act: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await startLab({ signal, policy, keycloak: true });
  try {
    return await act(lab);
  } finally {
    await lab.close();
  }
}

function writePage(timelines: Readonly<Record<string, Timeline>>): void {
  const parts = Object.entries(timelines).map(([title, timeline]) => {
    const file = `users-${title.toLowerCase().replaceAll(' ', '-')}.svg`;
    writeFileSync(join(projectFolder, 'docs', file), drawnAsSvg(timeline, `What users felt ${title}`));
    return `### ${capitalized(title)}\n\n![What users felt ${title}](${file})\n\n${markdownTable(timeline)}`;
  });
  const text = [
    `Measured by \`npm run measure:users\` on ${cpus().length} cores; seconds since the cut, medians in parentheses.`,
    comparisonTable(timelines),
    ...parts,
  ].join('\n\n');
  writeFileSync(page, withMeasured(readFileSync(page, 'utf8'), 'users', text));
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
