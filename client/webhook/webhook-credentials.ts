import { OperatingFailure } from '../../domain/failure-types';
import { parseUsernamePassword } from '../../domain/username-password';
import type { CredentialSource, SecretReference } from '../../gateways/ports';
import type { Logger } from '../../runtime/logging';
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
/** Alertmanager may learn of a rotation later than we do: what was just replaced is accepted for so long. */
const graceMs = 120_000;
/** A caller whose credentials did not match waits no longer than this for the secrets to be asked for anew. */
const patienceMs = 1_500;

/**
 * The credentials that callers of the webhook may present. Follows a rotation without a restart: credentials that do
 * not match are held against the secrets read anew, and those replaced are accepted for two more minutes.
 * While the secrets cannot be read, what was read last stays in force. Keeps digests only.
 */
export class WebhookCredentials {
  private current: readonly Accepted[] = [];
  private replaced: readonly Accepted[] = [];
  private replacedUntilMs = 0;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;
  private readonly now: () => number;

  /** @param options.now monotonic milliseconds. */
  constructor(
    private readonly options: { secrets: WebhookSecrets; source: CredentialSource; logger: Logger; now?: () => number },
  ) {
    this.now = options.now ?? (() => performance.now());
  }

  /** The schemes to name in a challenge. */
  get schemes(): Accepted['scheme'][] {
    const { basic, bearer } = this.options.secrets;
    return [...(basic ? (['basic'] as const) : []), ...(bearer ? (['bearer'] as const) : [])];
  }

  /** `unknown`: the secrets could not be read so far, so nobody can be told from anybody else. Never fails. */
  async verdict(authorization: string | undefined): Promise<'authorized' | 'refused' | 'unknown'> {
    if (this.isAccepted(authorization)) {
      if (this.ageMs() >= freshMs) void this.ask();
      return 'authorized';
    }
    await this.askIfDue(atMostEveryMs);
    if (this.isAccepted(authorization)) return 'authorized';
    return this.current.length === 0 ? 'unknown' : 'refused';
  }

  /** Whether there is anything to hold credentials against. Never fails. */
  async ready(): Promise<boolean> {
    await this.askIfDue(this.current.length === 0 ? atMostEveryMs : freshMs);
    return this.current.length > 0;
  }

  private isAccepted(authorization: string | undefined): boolean {
    const grace = this.now() < this.replacedUntilMs ? this.replaced : [];
    return isAuthorized(authorization, [...this.current, ...grace]);
  }

  private ageMs(): number {
    return this.now() - this.askedAtMs;
  }

  private async askIfDue(everyMs: number): Promise<void> {
    if (!this.asking && this.ageMs() < everyMs) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([this.ask(), late]);
    clearTimeout(timer);
  }

  /** One question at a time; whoever comes meanwhile waits for the same answer. */
  private ask(): Promise<void> {
    this.asking ??= this.readAll().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async readAll(): Promise<void> {
    this.askedAtMs = this.now();
    const { secrets, logger } = this.options;
    try {
      const accepted: Accepted[] = [];
      if (secrets.basic) {
        const { username, password } = parseUsernamePassword(await this.text(secrets.basic));
        accepted.push(acceptBasic(username, password));
      }
      if (secrets.bearer) accepted.push(acceptBearer(tokenOf(await this.text(secrets.bearer))));
      this.replaceBy(accepted);
    } catch (err) {
      logger.error({ err }, "The webhook's credentials could not be read; those read before stay in force.");
    }
  }

  private text(reference: SecretReference): Promise<string> {
    const { source } = this.options;
    return this.current.length === 0 ? source.read(reference) : source.readAnew(reference);
  }

  private replaceBy(accepted: readonly Accepted[]): void {
    if (same(accepted, this.current)) return;
    if (this.current.length > 0) {
      this.replaced = this.current;
      this.replacedUntilMs = this.now() + graceMs;
      this.options.logger.info('The webhook has new credentials; the ones before are accepted for two more minutes.');
    }
    this.current = accepted;
  }
}

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
