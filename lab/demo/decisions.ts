import { join } from 'node:path';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import type { Question } from '../../domain/next';
import type { Lab } from '../lab';
import { labPair } from '../sitewarden-config';
import { signalAsTheUiDoes } from '../temporal-ui';
import type { Story } from './story';

/** A person, or the demo in a person's place: is told the question, and answers it or sees to it that somebody does. */
export type Decider = (lab: Lab, story: Story, question: Question) => Promise<void>;

const workflowId = sitePairWorkflowId(labPair);
const reason = 'seen in the demo';

/** Types the line that the run itself shows for it. */
export const approveByCli: Decider = async (lab, story, { answers }) => {
  const line = (answers[0] ?? '').replace('"..."', `"${reason}"`);
  story.tell(`A person decides, at the command line:  sitewarden ${line}`);
  const { exitCode, stdout, stderr } = await lab.cli(...wordsOf(line));
  if (exitCode !== 0) throw new Error(`the approval ended with ${exitCode}: ${stdout}${stderr}`);
};

/** Pastes what the run itself shows for it, as somebody does who has nothing but the Temporal UI. */
export const approveInTheTemporalUi: Decider = async (lab, story, { signal = '' }) => {
  const typed = signal.replace('"..."', JSON.stringify(reason));
  story.tell(`A person decides, in the Temporal UI: Send a Signal, name "approve", input ${typed}`);
  await signalAsTheUiDoes(lab.temporal, { workflowId, name: 'approve', typed });
};

/** Prints what can be typed, and leaves it to the person at the terminal. */
export function leaveToThePerson(runFolder: string): Decider {
  return async ({ temporal }, story, { gate, answers, signal = '' }) => {
    const config = join(runFolder, 'sitewarden.yaml');
    const lines = [
      `  Your decision: ${gate}. In another terminal, in this folder:`,
      `    . ${join(runFolder, 'environment.sh')}`,
      '  and then, with a reason of yours, one of:',
      ...answers.map((answer) => `    node dist/bin/sitewarden.js ${answer} --config ${config}`),
      '  or without Sitewarden, in the Temporal UI (Send a Signal, name "approve", this input):',
      `    ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`,
      `    ${signal}`,
      "  or with Temporal's own command line:",
      `    temporal workflow signal --workflow-id ${workflowId} --name approve --input '${signal}'`,
    ];
    console.log(`\n${lines.join('\n')}\n`);
    story.tell('Waiting for you (Ctrl-C ends the demo) ...');
  };
}

/** The words of a line as a shell would read it; the only quotes are around the reason. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, inQuotes]) => inQuotes ?? word);
}
