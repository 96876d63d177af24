import { setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import {
  alertSignal,
  approveSignal,
  decideUpdate,
  rejectSignal,
  requestUpdate,
  statusQuery,
} from './contract/messages';
import type { Inbox } from './inbox';
import type { RunPage } from './run-page';
import { isDecision, isGoalRequest } from './shapes';

/** Registers every handler; to be called before the first await of the run. Descriptions show in the Temporal UI. */
export function registerHandlers(inbox: Inbox, page: RunPage): void {
  setHandler(alertSignal, (alert) => inbox.alert(alert), { description: 'An alert names a site offline (webhook).' });
  setHandler(approveSignal, (typed) => inbox.typedDecision('approve', typed), {
    description: 'Approve what the run waits for: {"gate":"...","plan":"..."}. Recorded as unattributed.',
  });
  setHandler(rejectSignal, (typed) => inbox.typedDecision('reject', typed), {
    description: 'Reject what the run waits for: {"gate":"...","plan":"..."}. Recorded as unattributed.',
  });
  setHandler(requestUpdate, (request) => inbox.request(request), {
    description: 'Ask for a goal, e.g. a fence.',
    validator: (request) => inbox.admit('request', isGoalRequest(request)),
  });
  setHandler(decideUpdate, (decision) => inbox.decide(decision), {
    description: 'Answer, brake, or unblock.',
    validator: (decision) =>
      inbox.admit('decision', isDecision(decision), isDecision(decision) && decision.kind === 'abort'),
  });
  setHandler(statusQuery, () => page.status(), { description: 'What is true, what is next, and why.' });
  setDefaultSignalHandler((name) => inbox.unknownSignal(name));
}
