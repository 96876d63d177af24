import { Client, Connection } from '@temporalio/client';
import { SitePairClient, type PairStatus } from '../../client/site-pair-client';
import type { Lab } from '../lab';
import { labPair } from '../sitewarden-config';

const askedWithinMs = 2_000;

/** Asks for the run of the lab's pair, as often as wanted, over one connection. */
export class PairRuns {
  readonly #connection: Connection;
  readonly #client: SitePairClient;
  readonly #asking = new Set<Promise<unknown>>();

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#client = new SitePairClient(new Client({ connection, namespace }), 'sitewarden');
  }

  static async connect({ temporal }: Lab): Promise<PairRuns> {
    return new PairRuns(await Connection.connect({ address: temporal.address }), temporal.namespace);
  }

  /** @throws when Temporal has not answered within 2 s. */
  async status(): Promise<PairStatus> {
    const asked = this.#connection.withDeadline(Date.now() + askedWithinMs, () => this.#client.status(labPair));
    this.#asking.add(asked);
    return asked.finally(() => this.#asking.delete(asked));
  }

  async close(): Promise<void> {
    // A call that is being repeated when its connection closes would throw where nobody can catch it.
    await Promise.allSettled(this.#asking);
    await this.#connection.close();
  }
}
