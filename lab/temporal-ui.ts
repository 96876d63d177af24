import { request } from 'undici';
import type { TemporalServer } from './temporal';

const answersWithinMs = 5_000;

/**
 * Sends a signal to the workflow's current run as the Temporal UI does when somebody presses "Send a Signal": by the
 * HTTP API of the UI's own server, with its CSRF token, the input as the JSON that was typed, and nobody's name.
 * Source: the UI's shipped code (2.54, workflow.signal), and the UI server, which answers 400 without the token.
 * @param typed What stands in the input box: JSON, or whatever else a person typed.
 */
export async function signalAsTheUiDoes(
  { uiUrl, namespace }: Pick<TemporalServer, 'uiUrl' | 'namespace'>,
  signal: { workflowId: string; name: string; typed: string },
): Promise<void> {
  const workflow = `${uiUrl}/api/v1/namespaces/${namespace}/workflows/${encodeURIComponent(signal.workflowId)}`;
  const page = await request(workflow, { signal: AbortSignal.timeout(answersWithinMs) });
  const described = (await page.body.json()) as { workflowExecutionInfo?: { execution: unknown } };
  if (page.statusCode !== 200) throw new Error(`the Temporal UI answered ${page.statusCode}`);
  const token = /_csrf=([^;]+)/.exec([page.headers['set-cookie'] ?? []].flat().join())?.[1] ?? '';
  const answer = await request(`${workflow}/signal/${signal.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: `_csrf=${token}`, 'x-csrf-token': token },
    body: JSON.stringify({
      signalName: signal.name,
      input: { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(signal.typed) }] },
      workflowExecution: described.workflowExecutionInfo?.execution,
    }),
    signal: AbortSignal.timeout(answersWithinMs),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the Temporal UI answered ${answer.statusCode} ${text}`);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
