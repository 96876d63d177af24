import type { CredentialSource, InboundCredentialSource, SecretReference } from '../../gateways/secret-ports';
import { failureOf } from '../support/outcome';

/** A source of secrets, and the store behind it. */
export interface SecretsTwin<Source extends CredentialSource = CredentialSource> {
  source: Source;
  reference: SecretReference;
  /** A reference of the same kind to nothing. */
  nowhere: SecretReference;
  put(text: string): Promise<void>;
  /** The store no longer answers. */
  lose(): Promise<void>;
  /** Time goes on for the source. */
  later(ms: number): void;
  close(): Promise<void>;
}

const first = '{"username":"admin","password":"hunter2-first"}';
const second = '{"username":"admin","password":"hunter2-second"}';

/** What every source of secrets does. */
export function secretsContract(name: string, start: () => Promise<SecretsTwin>): void {
  describe(`secrets: ${name}`, () => {
    let twin: SecretsTwin;

    beforeEach(async () => {
      twin = await start();
      await twin.put(first);
    });

    afterEach(() => twin.close());

    it('gives the text as it was put', async () => {
      const { source, reference } = twin;

      await expect(Promise.all([source.read(reference), source.read(reference)])).resolves.toEqual([first, first]);
    });

    it('gives what was put since to a reader who was refused, and from then on to all', async () => {
      const { source, reference } = twin;
      await source.read(reference);
      twin.later(60_000);
      await twin.put(second);

      await expect(source.readAnew(reference)).resolves.toBe(second);
      await expect(source.read(reference)).resolves.toBe(second);
    });

    it('fails by name where there is nothing', async () => {
      const { source, nowhere } = twin;

      expect((await failureOf(source.read(nowhere))).type).toBe('SecretUnavailable');
      expect((await failureOf(source.readAnew(nowhere))).type).toBe('SecretUnavailable');
    });

    it('that was never read fails by name when its store is lost', async () => {
      await twin.lose();

      const failure = await failureOf(twin.source.read(twin.reference));

      expect(failure.type).toBe('SecretUnavailable');
      expect(`${failure.message} ${String(failure.cause)}`).not.toContain('hunter2');
    });
  });
}

/** What a source does that holds what it read, for a store that may be lost and rotates. */
export function heldSecretsContract(name: string, start: () => Promise<SecretsTwin<InboundCredentialSource>>): void {
  describe(`held secrets: ${name}`, () => {
    let twin: SecretsTwin<InboundCredentialSource>;
    let source: InboundCredentialSource;
    let reference: SecretReference;

    beforeEach(async () => {
      twin = await start();
      ({ source, reference } = twin);
      await twin.put(first);
    });

    afterEach(() => twin.close());

    it('serves on what was read when its store is lost, but not to who was refused with it', async () => {
      await source.read(reference);
      twin.later(3_600_000);
      await twin.lose();

      await expect(source.read(reference)).resolves.toBe(first);
      expect((await failureOf(source.readAnew(reference))).type).toBe('SecretUnavailable');
      await expect(source.read(reference)).resolves.toBe(first);
    });

    it('knows no previous version of what was never rotated', async () => {
      await source.read(reference);

      await expect(source.readPrevious(reference)).resolves.toBeUndefined();
    });

    it('knows the previous version for ten minutes after a rotation that it saw', async () => {
      await source.read(reference);
      twin.later(3_600_000);
      await twin.put(second);
      await expect(source.readAnew(reference)).resolves.toBe(second);

      await expect(source.readPrevious(reference)).resolves.toEqual({ text: first, acceptForMs: 600_000 });
      twin.later(599_000);
      await expect(source.readPrevious(reference)).resolves.toEqual({ text: first, acceptForMs: 1_000 });
      twin.later(1_000);
      await expect(source.readPrevious(reference)).resolves.toBeUndefined();
    });

    it('knows the previous version when it is read for the first time right after a rotation', async () => {
      await twin.put(second);
      await source.read(reference);

      const previous = await source.readPrevious(reference);

      expect(previous?.text).toBe(first);
      expect(previous?.acceptForMs).toBeGreaterThan(0);
      expect(previous?.acceptForMs).toBeLessThanOrEqual(600_000);
      twin.later(600_000);
      await expect(source.readPrevious(reference)).resolves.toBeUndefined();
    });

    it('knows no previous version when it is read for the first time long after a rotation', async () => {
      await twin.put(second);
      twin.later(3_600_000);
      await source.read(reference);

      await expect(source.readPrevious(reference)).resolves.toBeUndefined();
    });
  });
}
