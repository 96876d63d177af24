import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { AssessPairResult } from '../activities/types';
import { canonicalJson } from '../domain/canonical-json';
import { explainAlerts } from '../domain/explain';
import { isHeldByItself } from '../domain/held';
import type { Next } from '../domain/next';
import { pauseAt } from '../domain/pause';
import { isKeptLostUndetached } from '../domain/phase';
import { evidenceOf } from '../domain/report/reported-run';
import type { RunState } from '../domain/state';
import type { RunMemo, RunResult, RunStatus } from './contract/inputs';
import { memoKey } from './contract/memo';
import { runSearchAttributes } from './contract/search-attributes';
import { renderDetails, waitingFor } from './details';

/** What people see of a run: the details page, the `status` query, the memo and the search attributes. */
export class RunPage {
  assessed: AssessPairResult | undefined;
  private shownFacts = '';

  /** @param weighed Looks after the roles were latched bring none: what they rest on stays, under a later history as well. */
  constructor(
    private readonly state: RunState,
    public weighed?: RunStatus['weighed'],
  ) {}

  /** Shows what was just assessed. The page costs no history; memo and search attributes are written when they change. */
  show(assessed: AssessPairResult): void {
    this.assessed = assessed;
    this.weighed = assessed.evidence ?? this.weighed;
    this.render();
    const { known } = this.state;
    const facts = { phase: known.phase, roles: known.roles, waitingFor: waitingFor(assessed.next) };
    if (canonicalJson(facts) === this.shownFacts) return;
    this.shownFacts = canonicalJson(facts);
    upsertMemo({ [memoKey]: this.memo(assessed.next, assessed.at) });
    this.upsertSearchAttributes(assessed);
  }

  status(): RunStatus {
    const { heard, known, commands, ...run } = this.state;
    const {
      next,
      verdict,
      observation,
      truth,
      mode = 'act',
      progress,
      domainVersion,
      configHash,
    } = this.assessed ?? {};
    const now = Date.now();
    return {
      pair: run.pair,
      goal: run.goal,
      incident: run.incident,
      startedAt: run.startedAt,
      phase: known.phase,
      epoch: known.epoch,
      roles: known.roles,
      verdict,
      next,
      waitingFor: next && waitingFor(next),
      fencedAt: known.fencedAt,
      provedSince: known.provedSince,
      observation,
      weighed: this.weighed,
      truth,
      mode,
      pausedUntil: pauseAt(this.state, now)?.until,
      alerts: explainAlerts(this.state, verdict, now),
      alertsNotKept: heard.alertsNotKept,
      requests: heard.requests,
      decisions: heard.decisions,
      oddities: heard.oddities,
      findings: known.findings,
      timeline: known.timeline,
      held: heard.hold && { by: heard.hold.by, reason: heard.hold.reason },
      comparison: commands.comparison,
      synchronization: known.synchronization,
      return: known.return,
      admission: known.admission,
      isKeptLostUndetached: isKeptLostUndetached(known, now) || undefined,
      progress: commands.running ? progress : undefined,
      applicationStoppedAt: known.applicationStoppedAt,
      refenced: known.refenced && { ...known.refenced, released: !isHeldByItself(known) },
      humanWaits: known.humanWaits ?? [],
      costs: run.costs ?? [],
      versions: domainVersion === undefined ? undefined : { rules: domainVersion, configuration: configHash ?? '' },
      ...evidenceOf(known),
    };
  }

  end({ outcome, refusal, report }: Extract<Next, { kind: 'finish' }>): RunResult {
    const ended = { at: Date.now(), outcome, says: report, refusal };
    const status: RunStatus = { ...this.status(), ended };
    const { alerts, alertsNotKept, requests, decisions, findings, timeline, incident } = status;
    return {
      incident,
      outcome,
      refusal,
      report,
      timeline,
      alerts,
      alertsNotKept,
      requests,
      decisions,
      findings,
      status,
    };
  }

  /** The end of a run that was aborted while nothing could be read. */
  unseenEnd(): RunResult {
    const report =
      'Nobody guards this pair any more. Nothing could be read at the end: the state of both sites is unknown.';
    return this.end({ kind: 'finish', outcome: 'aborted', report });
  }

  /** A page that cannot be drawn must never park the run. */
  private render(): void {
    try {
      setCurrentDetails(renderDetails(this.status(), this.state));
    } catch (error) {
      setCurrentDetails(`This page could not be drawn (${String(error)}). \`sitewarden status\` still answers.`);
    }
  }

  private memo(next: Next, at: number): RunMemo {
    const { incident, goal, startedAt, known } = this.state;
    const { keepSite, staleSite } = known.roles ?? {};
    const pausedUntil = pauseAt(this.state, at)?.until;
    const gate = next.kind === 'ask' ? next.gate : undefined;
    const blockedBy = next.kind === 'blocked' ? next.type : undefined;
    const wait = { waitingFor: waitingFor(next), next: next.kind, gate, blockedBy, pausedUntil };
    return { incident, goal, startedAt, phase: known.phase, keepSite, staleSite, ...wait, at };
  }

  /** Only what the server knows: an unknown search attribute would park the run. */
  private upsertSearchAttributes({ searchAttributes, next }: AssessPairResult): void {
    const { known, pair } = this.state;
    const values = {
      pair,
      phase: known.phase,
      staleSite: known.roles?.staleSite ?? null,
      waitingFor: waitingFor(next)?.slice(0, 200) ?? null,
    };
    const updates = runSearchAttributes(values).filter(({ key }) => searchAttributes.includes(key.name));
    if (updates.length > 0) upsertSearchAttributes(updates);
  }
}
