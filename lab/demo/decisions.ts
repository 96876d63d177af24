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

/** Types the line that the run itself shows for it. */
export const approveByCli: Decider = async (lab, story, question) => {
  const args = approval(question, 'seen in the demo');
  story.tell(`A person decides, at the command line:  sitewarden ${args.map(quoted).join(' ')}`);
  const { exitCode, stdout, stderr } = await lab.cli(...args);
  if (exitCode !== 0) throw new Error(`the approval ended with ${exitCode}: ${stdout}${stderr}`);
};

/** As somebody does who knows nothing but the Temporal UI. */
export const approveInTheTemporalUi: Decider = async (lab, story, question) => {
  const typed = JSON.stringify({ gate: question.gate, plan: question.plan });
  story.tell(`A person decides, in the Temporal UI: Send a Signal, name "approve", input ${typed}`);
  await signalAsTheUiDoes(lab.temporal, { workflowId, name: 'approve', typed });
};

/** Prints what can be typed, and leaves it to the person at the terminal. */
export function leaveToThePerson(runFolder: string): Decider {
  const configFile = join(runFolder, 'sitewarden.yaml');
  return async (lab, story, question) => {
    const { gate, plan } = question;
    const args = approval(question, '...').map(quoted).join(' ');
    const input = JSON.stringify({ gate, plan });
    console.log(
      [
        '',
        `  Your decision: ${gate}. In another terminal, in this folder, one of:`,
        `    . ${join(runFolder, 'environment.sh')}`,
        `    node dist/bin/sitewarden.js ${args} --config ${configFile}`,
        `    node dist/bin/sitewarden.js reject ${labPair} --gate ${gate} --plan ${plan} --reason "..." --config ${configFile}`,
        '  or by Temporal alone, in its UI (Send a Signal, name "approve", this input) or with its command line:',
        `    ${lab.temporal.uiUrl}/namespaces/${lab.temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`,
        `    ${input}`,
        `    temporal workflow signal --workflow-id ${workflowId} --name approve --input '${input}'`,
        '',
      ].join('\n'),
    );
    story.tell('Waiting for you (Ctrl-C ends the demo) ...');
  };
}

/** `approve` with what the question names: an approval counts for this gate and this plan, and discards no more than was seen. */
function approval({ gate, plan = '', discards }: Question, reason: string): string[] {
  const bound = discards === undefined ? [] : ['--discard-at-most', String(discards)];
  return ['approve', labPair, '--gate', gate, '--plan', plan, '--reason', reason, ...bound];
}

function quoted(argument: string): string {
  return /^[\w./:-]+$/.test(argument) ? argument : `"${argument}"`;
}
