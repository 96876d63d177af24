import { Agent, request } from 'undici';
import { exitCodes } from '../cli/exit-codes';
import { Trouble } from '../cli/trouble';
import { answerIn, hasCode, type Answered } from './problems';
import { timeUp } from '../../runtime/time-up';

export interface ApiConnectionOptions {
  /** Base of the API, without `/v1`. */
  url: string;
  /** PEM of the CA that issued its certificate; the CAs that Node.js trusts when absent. */
  ca?: string;
  /** Asked before each call, and not kept. */
  token: () => Promise<string>;
}

/** The API answers within 5 s by its own promise, a look within 10 s more; what takes longer is lost on the way. */
const answersWithinMs = 16_000;
const connectsWithinMs = 3_000;

/** One API and one caller. Verification of certificates is never off. */
export class ApiConnection {
  private readonly agent: Agent;
  private readonly base: string;

  constructor(private readonly options: ApiConnectionOptions) {
    this.base = options.url.replace(/\/+$/, '');
    this.agent = new Agent({ connect: { ca: options.ca, rejectUnauthorized: true, timeout: connectsWithinMs } });
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path, {});
  }

  /** Like `get`, but the problem of this code is an answer, `undefined`, and no failure. */
  async find<T>(path: string, code: string): Promise<T | undefined> {
    const token = await this.options.token();
    const answered = await this.answered('GET', path, { token, withinMs: answersWithinMs });
    return hasCode(answered, code) ? undefined : answerIn<T>(answered, this.base);
  }

  /** What changes nothing, and is no read by its method: a look at the sites. */
  post<T>(path: string, body: object, withinMs?: number): Promise<T> {
    return this.call<T>('POST', path, { body, withinMs });
  }

  /** @param id Makes a repeat harmless: the API takes one write for each id. */
  write<T>(path: string, body: object, id: string): Promise<T> {
    return this.call<T>('POST', path, { body, id });
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async call<T>(
    method: 'GET' | 'POST',
    path: string,
    { body, id, withinMs = answersWithinMs }: { body?: object; id?: string; withinMs?: number },
  ): Promise<T> {
    const token = await this.options.token();
    return answerIn<T>(await this.answered(method, path, { token, body, id, withinMs }), this.base);
  }

  private async answered(
    method: 'GET' | 'POST',
    path: string,
    { token, body, id, withinMs }: { token: string; body?: object; id?: string; withinMs: number },
  ): Promise<Answered> {
    try {
      const { statusCode, body: answer } = await request(`${this.base}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(id !== undefined && { 'idempotency-key': id }),
        },
        body: body && JSON.stringify(body),
        dispatcher: this.agent,
        signal: timeUp(withinMs),
      });
      return { status: statusCode, text: await answer.text() };
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): Trouble {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const why = name === 'TimeoutError' ? 'not in time' : (code ?? message);
    const next =
      'Look at apiClient.url and apiClient.ca in sitewarden.yaml, and whether the API runs (sitewarden api). ' +
      'A write that was on its way may have been taken: look at the status before you ask again.';
    return new Trouble(exitCodes.temporalUnreachable, `The API at ${this.base} does not answer (${why}).`, next, {
      cause: error,
    });
  }
}
