import type { Question } from '../../domain/next';
import type { Gate } from '../../domain/site-pair';
import type { Phase } from '../../domain/state';
import type { LabCaller } from '../../lab/api-callers';
import { labCaches } from '../../lab/infinispan';
import { labPair } from '../../lab/sitewarden-config';
import type { RunResult, RunStatus } from '../../workflows/contract/inputs';
import type { DecisionAnswer } from '../../workflows/contract/messages';
import { stepSeconds as withinSeconds } from './chosen';
import type { IncidentLab } from './incident-lab';

/** A question as it is asked about a plan. */
export type Asked = Question & { plan: string };

/** An incident of a lab, from the fence to the end: what is asked of a person, and what a person answers. */
export class WayBack {
  constructor(private readonly day: IncidentLab) {}

  /** What the run asks at a gate, once it asks. */
  async untilAsked(gate: Gate, condition: (question: Asked) => boolean = () => true): Promise<Asked> {
    const { next } = await this.day.untilRun(`a question at the gate ${gate}`, (run) => {
      const asked = askedBy(run);
      return asked?.gate === gate && condition(asked);
    });
    return next as Asked;
  }

  /** As somebody at the command line, or as a caller of the API there: the exact line that the run shows, with a reason. */
  async approveByCli({ answers }: Asked, caller?: LabCaller): Promise<void> {
    const line = (answers[0] ?? '').replace('"..."', 'seen');
    const { lab } = this.day;
    const words = line.split(' ');
    const { exitCode, stdout, stderr } = await (caller ? lab.cliAs(caller, ...words) : lab.cli(...words));
    if (exitCode !== 0) throw new Error(`"${line}" ended with ${exitCode}: ${stdout}${stderr}`);
  }

  approve({ gate, plan, discards }: Asked): Promise<DecisionAnswer> {
    const answer = { kind: 'approve', gate, plan, discardAtMost: discards } as const;
    return this.day.client.decide(labPair, { ...answer, by: 'a person', how: 'cli', reason: 'seen' }, unique());
  }

  /** Approves what is asked at these gates until a condition holds of the run. */
  async approveUntil(
    what: string,
    condition: (run: RunStatus) => boolean,
    gates: readonly Gate[] = ['synchronize', 'siteOnline'],
  ): Promise<RunStatus> {
    const answered = new Set<string>();
    return this.day.lab.until(
      async () => {
        const run = await this.day.status();
        if (!run) throw new Error('no run is open');
        if (condition(run)) return run;
        await this.answerNew(run, answered, gates);
        return undefined;
      },
      { what, withinSeconds, everyMs: 200 },
    );
  }

  /** Approves whatever is asked, until the run ends. */
  async toTheEnd(): Promise<RunResult> {
    const answered = new Set<string>();
    return this.day.lab.until(
      async () => {
        const pair = await this.day.client.status(labPair);
        if (pair.run === 'closed') return pair.result;
        if (pair.run === 'open' && pair.status) await this.answerNew(pair.status, answered);
        return undefined;
      },
      { what: 'the end of the run', withinSeconds, everyMs: 200 },
    );
  }

  /** The result of the run, when it ends by itself. */
  untilEnded(): Promise<RunResult> {
    return this.day.lab.until(
      async () => {
        const pair = await this.day.client.status(labPair);
        return pair.run === 'closed' ? pair.result : undefined;
      },
      { what: 'the end of the run', withinSeconds, everyMs: 200 },
    );
  }

  untilPhase(phase: Phase): Promise<RunStatus> {
    return this.day.untilRun(`phase ${phase}`, (run) => run.phase === phase);
  }

  /** Waits until site-a takes writes again. @returns how long that took, in milliseconds. */
  async untilKeptSiteAccepts(): Promise<number> {
    const startedAt = performance.now();
    const { rest } = this.day.lab.infinispan.sites['site-a'];
    const accepts = async () => (await rest.put('work', 'asked again and again', 'value')) === 204;
    await this.day.lab.until(accepts, { what: 'site-a accepts writes', withinSeconds: 30, everyMs: 50 });
    return performance.now() - startedAt;
  }

  /** Status of each cache's backup to the other site. */
  async backups(on: 'site-a' | 'site-b'): Promise<readonly string[]> {
    const { rest } = this.day.lab.infinispan.sites[on];
    return Object.values(await rest.backupsTo(on === 'site-a' ? 'site-b' : 'site-a', labCaches));
  }

  private async answerNew(run: RunStatus, answered: Set<string>, gates?: readonly Gate[]): Promise<void> {
    const asked = askedBy(run);
    // The same plan is asked about again when more would be discarded than was approved.
    const question = `${asked?.plan} ${asked?.discards}`;
    if (!asked || answered.has(question) || gates?.includes(asked.gate) === false) return;
    const { outcome } = await this.approve(asked);
    if (outcome === 'taken') answered.add(question);
  }
}

function askedBy({ next }: RunStatus): Asked | undefined {
  return next?.kind === 'ask' && next.plan !== undefined && next.answers.length > 0 ? (next as Asked) : undefined;
}

let decisions = 0;
function unique(): string {
  return `decision-${process.pid}-${(decisions += 1)}`;
}
