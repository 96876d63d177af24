import { OperatingFailure } from '../../domain/failure-types';
import { parseUsernamePassword } from '../../domain/username-password';
import type { InboundCredentialSource, SecretReference } from '../../gateways/secret-ports';
import type { Logger } from '../../runtime/logging';
import { AskedAnew } from '../http/asked-anew';
import { acceptBasic, acceptBearer, isAuthorized, type Accepted } from './authentication';

/** Which secrets hold the accepted credentials; at least one of the two. */
export interface WebhookSecrets {
  basic?: SecretReference;
  bearer?: SecretReference;
}

/** The secrets are asked for anew no more often than this, however many wrong credentials arrive. */
const atMostEveryMs = 5_000;
/** When a request or a readiness probe finds them older than this, they are asked for anew behind its back. */
const freshMs = 60_000;
/** Alertmanager may learn of a rotation later than we do: what was replaced before our eyes is accepted for so long. */
const graceMs = 600_000;

interface Expiring {
  credential: Accepted;
  untilMs: number;
}

/**
 * The credentials that callers of the webhook may present. Follows a rotation without a restart: credentials that do
 * not match are held against the secrets read anew. Those replaced are accepted for ten more minutes when we saw the
 * rotation, and, in a process that started after it, for as long as the source gives them as the previous ones.
 * While the secrets cannot be read, what was read last stays in force. Keeps digests only.
 */
export class WebhookCredentials {
  private current: readonly Accepted[] = [];
  private replaced: readonly Expiring[] = [];
  private previous: readonly Expiring[] = [];
  private readonly now: () => number;
  private readonly secrets: AskedAnew;

  /** @param options.now monotonic milliseconds. */
  constructor(
    private readonly options: {
      secrets: WebhookSecrets;
      source: InboundCredentialSource;
      logger: Logger;
      now?: () => number;
    },
  ) {
    this.now = options.now ?? (() => performance.now());
    this.secrets = new AskedAnew(() => this.readAll(), this.now);
  }

  /** The schemes to name in a challenge. */
  get schemes(): Accepted['scheme'][] {
    const { basic, bearer } = this.options.secrets;
    return [...(basic ? (['basic'] as const) : []), ...(bearer ? (['bearer'] as const) : [])];
  }

  /** `unknown`: the secrets could not be read so far, so nobody can be told from anybody else. Never fails. */
  async verdict(authorization: string | undefined): Promise<'authorized' | 'refused' | 'unknown'> {
    if (this.isAccepted(authorization)) {
      if (this.secrets.ageMs() >= freshMs) void this.secrets.ask();
      return 'authorized';
    }
    await this.secrets.ifOlderThan(atMostEveryMs);
    if (this.isAccepted(authorization)) return 'authorized';
    return this.current.length === 0 ? 'unknown' : 'refused';
  }

  /** Whether there is anything to hold credentials against. Never fails. */
  async ready(): Promise<boolean> {
    await this.secrets.ifOlderThan(this.current.length === 0 ? atMostEveryMs : freshMs);
    return this.current.length > 0;
  }

  private isAccepted(authorization: string | undefined): boolean {
    const now = this.now();
    const grace = [...this.replaced, ...this.previous].filter(({ untilMs }) => now < untilMs);
    return isAuthorized(authorization, [...this.current, ...grace.map(({ credential }) => credential)]);
  }

  private async readAll(): Promise<void> {
    const { logger } = this.options;
    try {
      const accepted: Accepted[] = [];
      for (const { reference, credentialOf } of this.references())
        accepted.push(credentialOf(await this.text(reference)));
      this.replaceBy(accepted);
      this.previous = await this.readPrevious();
    } catch (err) {
      logger.error({ err }, "The webhook's credentials could not be read; those read before stay in force.");
    }
  }

  private references(): { reference: SecretReference; credentialOf: (text: string) => Accepted }[] {
    const { basic, bearer } = this.options.secrets;
    return [
      ...(basic === undefined ? [] : [{ reference: basic, credentialOf: basicOf }]),
      ...(bearer === undefined ? [] : [{ reference: bearer, credentialOf: bearerOf }]),
    ];
  }

  private text(reference: SecretReference): Promise<string> {
    const { source } = this.options;
    return this.current.length === 0 ? source.read(reference) : source.readAnew(reference);
  }

  private async readPrevious(): Promise<Expiring[]> {
    const all = this.references().map(async ({ reference, credentialOf }) => {
      const before = await this.options.source.readPrevious(reference);
      return before ? [{ credential: credentialOf(before.text), untilMs: this.now() + before.acceptForMs }] : [];
    });
    const read = await Promise.allSettled(all);
    // A malformed one was never accepted, so nobody can miss it.
    return read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }

  private replaceBy(accepted: readonly Accepted[]): void {
    if (same(accepted, this.current)) return;
    if (this.current.length > 0) {
      const untilMs = this.now() + graceMs;
      this.replaced = this.current.map((credential) => ({ credential, untilMs }));
      this.options.logger.info('The webhook has new credentials; the ones before are accepted for ten more minutes.');
    }
    this.current = accepted;
  }
}

function basicOf(text: string): Accepted {
  const { username, password } = parseUsernamePassword(text);
  return acceptBasic(username, password);
}

const bearerOf = (text: string): Accepted => acceptBearer(tokenOf(text));

function tokenOf(text: string): string {
  const token = text.trim();
  if (/^\S+$/.test(token)) return token;
  throw new OperatingFailure('SecretMalformed', 'The bearer secret is not one token.', { retryable: false });
}

const same = (left: readonly Accepted[], right: readonly Accepted[]): boolean =>
  fingerprint(left) === fingerprint(right);

const fingerprint = (accepted: readonly Accepted[]): string =>
  accepted
    .flatMap((credential) =>
      credential.scheme === 'basic' ? [credential.username, credential.password] : [credential.token],
    )
    .map((digest) => digest.toString('hex'))
    .join();
