import type { InboundCredentialSource, SecretReference } from '../../gateways/secret-ports';
import { failed } from './fake-faults';

const previousForMs = 10 * 60_000;

interface FakeSecret {
  text: string;
  /** What its readers hold. */
  held?: string;
  previous?: { text: string; since: number };
}

/** Secrets in memory, as a source that holds what it read: a rotation shows to who reads past what is held. */
export class FakeCredentials implements InboundCredentialSource {
  private readonly secrets = new Map<SecretReference, FakeSecret>();
  /** The store does not answer. */
  down = false;

  constructor(private readonly clock: () => number = Date.now) {}

  put(reference: SecretReference, text: string): this {
    const before = this.secrets.get(reference);
    const previous = before && { text: before.text, since: this.clock() };
    this.secrets.set(reference, { text, held: before?.held, previous });
    return this;
  }

  async read(reference: SecretReference): Promise<string> {
    return this.secrets.get(reference)?.held ?? this.fetch(reference);
  }

  async readAnew(reference: SecretReference): Promise<string> {
    return this.fetch(reference);
  }

  async readPrevious(reference: SecretReference) {
    const { held, text, previous } = this.secrets.get(reference) ?? {};
    const acceptForMs = (previous?.since ?? -Infinity) + previousForMs - this.clock();
    if (!previous || held !== text || acceptForMs <= 0) return undefined;
    return { text: previous.text, acceptForMs };
  }

  private fetch(reference: SecretReference): string {
    const secret = this.secrets.get(reference);
    if (this.down || !secret) throw failed('SecretUnavailable', `${reference} cannot be read`);
    secret.held = secret.text;
    return secret.text;
  }
}
