import type { CredentialSource, SecretReference } from '../../gateways/secret-ports';
import type { Logger } from '../../runtime/logging';
import { AskedAnew } from '../http/asked-anew';
import type { Caller } from './access';
import { callerIn, parseAccounts, type Account } from './accounts';

/** A token that is not known: the secret is asked for anew no more often than this, however many wrong ones arrive. */
const atMostEveryMs = 5_000;
/** A token that was taken out of the secret is taken no longer than this, as long as the store answers. */
const freshMs = 30_000;

/**
 * Who calls, by tokens in a secret that may change at any time. A new token counts within 5 s of its first use; one that was
 * taken out counts for 30 s at most: rights to decide must end when they are taken away. While the secret cannot be read,
 * what was read last stays in force. Keeps digests only.
 */
export class Callers {
  private accounts: readonly Account[] = [];
  private readonly secret: AskedAnew;

  /** @param options.now monotonic milliseconds. */
  constructor(
    private readonly options: {
      reference: SecretReference;
      source: CredentialSource;
      logger: Logger;
      now?: () => number;
    },
  ) {
    this.secret = new AskedAnew(() => this.read(), options.now ?? (() => performance.now()));
  }

  /** `unknown`: the secret could not be read so far, so nobody can be told from anybody else. Never fails. */
  async caller(authorization: string | undefined): Promise<Caller | 'refused' | 'unknown'> {
    await this.secret.ifOlderThan(freshMs);
    const known = callerIn(authorization, this.accounts);
    if (known) return known;
    await this.secret.ifOlderThan(atMostEveryMs);
    return callerIn(authorization, this.accounts) ?? (this.accounts.length === 0 ? 'unknown' : 'refused');
  }

  /** Whether there is anything to hold tokens against. Never fails. */
  async ready(): Promise<boolean> {
    await this.secret.ifOlderThan(this.accounts.length === 0 ? atMostEveryMs : freshMs);
    return this.accounts.length > 0;
  }

  private async read(): Promise<void> {
    const { source, reference, logger } = this.options;
    try {
      this.accounts = parseAccounts(await source.readAnew(reference));
    } catch (err) {
      logger.error({ err }, "The API's tokens could not be read; those read before stay in force.");
    }
  }
}
