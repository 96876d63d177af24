import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { summaryOf, type ClientSummary, type LoginRecord } from './client-summary';
import type { LabRun } from './run';
import { tiers } from './tiers';

const recordsKept = 200_000;
const usual = { clients: 8, pauseMs: 250, slowAfterMs: 1_000, giveUpAfterMs: 10_000 };

/** How somebody logs in, and how it is seen which site served them. */
export interface LoginKind {
  /** @param client counted from 1. */
  requestOf(client: number): { path: string; headers?: Record<string, string>; body?: string };
  siteOf(response: IncomingMessage): string | undefined;
}

/** At the lab's small application, which names its site in every answer. */
const smallApplication: LoginKind = {
  requestOf: (client) => ({ path: `/login?user=client-${client}` }),
  siteOf: (response) => response.headers['x-site']?.toString(),
};

export interface ClientOptions {
  /** The accelerator's front door. */
  host: string;
  port: number;
  /** Default: at the lab's small application. */
  login?: LoginKind;
  /** Every other one keeps its connection, the rest makes a new one for each login. */
  clients?: number;
  /** Pause of one client between the end of a login and the next. */
  pauseMs?: number;
  /** A login that succeeds but takes longer counts as slow. */
  slowAfterMs?: number;
  /** A client gives up after this. */
  giveUpAfterMs?: number;
}

export interface SummaryOptions {
  since?: Date;
  connections?: 'all' | 'new' | 'kept';
}

/**
 * People who log in all the time, one login after the other each, through the accelerator like anybody.
 * What they write down is the measure of everything else: what clients felt.
 */
export class ClientPopulation {
  readonly #options: Required<ClientOptions>;
  readonly #records: LoginRecord[] = [];
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;

  constructor(options: ClientOptions) {
    this.#options = { ...usual, login: smallApplication, ...options };
    const numbers = Array.from({ length: this.#options.clients }, (_, index) => index + 1);
    this.#working = Promise.all(numbers.map((number) => this.#work(number))).then(() => {});
  }

  /** In the order in which the logins ended; the latest 200,000. */
  get records(): readonly LoginRecord[] {
    return this.#records;
  }

  /**
   * What clients felt, of the logins that began since `since`. Those that keep their connection stay with the site that
   * they are connected to, also after it left the accelerator: ask for `connections: 'new'` to leave them out.
   */
  summary(options: SummaryOptions = {}): ClientSummary {
    return summaryOf(this.#wanted(options));
  }

  /** What became of the first `count` logins that began since then; `undefined` until so many have ended. */
  firstLogins({ count, ...options }: SummaryOptions & { count: number }): ClientSummary | undefined {
    const records = this.#wanted(options).slice(0, count);
    return records.length < count ? undefined : summaryOf(records);
  }

  /** Returns when the last login has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  #wanted({ since = new Date(0), connections = 'all' }: SummaryOptions): readonly LoginRecord[] {
    const wanted = (keepsConnection: boolean) => connections === 'all' || (connections === 'kept') === keepsConnection;
    return this.#records.filter(({ at, keepsConnection }) => at >= since && wanted(keepsConnection));
  }

  async #work(number: number): Promise<void> {
    const keepsConnection = number % 2 === 0;
    const agent = keepsConnection ? new Agent({ keepAlive: true, maxSockets: 1 }) : new Agent();
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#records.push(await this.#login(number, agent, keepsConnection));
      if (this.#records.length > recordsKept) this.#records.splice(0, recordsKept / 10);
      await sleep(this.#options.pauseMs, undefined, { signal }).catch(() => {});
    }
    agent.destroy();
  }

  async #login(number: number, agent: Agent, keepsConnection: boolean): Promise<LoginRecord> {
    const at = new Date();
    const startedAt = performance.now();
    const record = (end: Pick<LoginRecord, 'outcome' | 'site' | 'why'>): LoginRecord => {
      return { at, tookMs: performance.now() - startedAt, keepsConnection, ...end };
    };
    try {
      const { status, site } = await this.#ask(number, agent);
      if (status !== 200) return record({ outcome: 'refused', site, why: `HTTP ${status}` });
      const slow = performance.now() - startedAt > this.#options.slowAfterMs;
      return record({ outcome: slow ? 'slow' : 'ok', site });
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return record({ outcome: 'refused', why: code ?? name });
    }
  }

  #ask(number: number, agent: Agent): Promise<{ status: number; site?: string }> {
    const { host, port, login: kind, giveUpAfterMs } = this.#options;
    const { path, headers, body } = kind.requestOf(number);
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(giveUpAfterMs);
      const login = request({ host, port, path, headers, agent, method: 'POST', signal }, (response) => {
        const site = kind.siteOf(response);
        response.resume();
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, site }));
      });
      login.once('error', reject);
      login.end(body);
    });
  }
}

export function startClients(run: LabRun, options: ClientOptions): ClientPopulation {
  const population = new ClientPopulation(options);
  run.onClose(tiers.clients, () => population.stop());
  return population;
}
