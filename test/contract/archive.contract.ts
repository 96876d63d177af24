import { createHash } from 'node:crypto';
import type { ArchiveReceipt } from '../../gateways/archive-ports';
import type { Archive } from '../../gateways/archive';
import { failureOf, noHurry } from '../support/outcome';

/** An archive, and what somebody may do to it behind its back. */
export interface ArchiveTwin {
  archive: Archive;
  /** Changes what lies at a place; `undefined` takes it away. */
  tamper(pair: string, name: string, change: (text: string) => string | undefined): Promise<void>;
  /** From now on nothing can be read or written. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

const pair = 'demo';
const nothing = '0'.repeat(64);
/** Reckoned as docs/configuration.md tells a person to. */
const hashed = (previous: string, sequence: number, incident: string, content: string, of = pair) =>
  createHash('sha256').update(`${previous}\n${of}\n${sequence}\n${incident}\n${content}`).digest('hex');

/** What every archive does. */
export function archiveContract(name: string, start: () => Promise<ArchiveTwin>): void {
  describe(`archive: ${name}`, () => {
    let twin: ArchiveTwin;
    const append = (incident: string, content = `{"incident":"${incident}"}`, of = pair) =>
      twin.archive.append({ pair: of, incident, content }, noHurry());

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    it('chains each report to the one before', async () => {
      const first = await append('incident-1', '{"ä":1}');
      const second = await append('incident-2', '{}');

      expect([first.sequence, first.hash]).toEqual([1, hashed(nothing, 1, 'incident-1', '{"ä":1}')]);
      expect([second.sequence, second.hash]).toEqual([2, hashed(first.hash, 2, 'incident-2', '{}')]);
      expect(await twin.archive.verify(pair)).toEqual({
        links: [
          { incident: 'incident-1', ...first },
          { incident: 'incident-2', ...second },
        ],
        faults: [],
      });
    });

    it('takes the same report again for success, and for no second entry', async () => {
      const first = await append('incident-1');
      await append('incident-2');

      await expect(append('incident-1')).resolves.toEqual(first);
      expect((await twin.archive.verify(pair)).links).toHaveLength(2);
    });

    it('keeps what an incident said before beside what it says later', async () => {
      await append('incident-1', '"one"');
      const later = await append('incident-1', '"two"');

      expect(await twin.archive.read(pair, 'incident-1')).toEqual({
        incident: 'incident-1',
        content: '"two"',
        ...later,
      });
      expect(await twin.archive.verify(pair)).toMatchObject({ links: [{ sequence: 1 }, { sequence: 2 }], faults: [] });
    });

    it('gives every one of several writers at once a place of its own', async () => {
      const incidents = Array.from({ length: 8 }, (_, index) => `incident-${index}`);

      const receipts = await Promise.all(incidents.map((incident) => append(incident)));

      expect(receipts.map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      const { links, faults } = await twin.archive.verify(pair);
      expect(links.map(({ incident }) => incident).sort()).toEqual(incidents);
      expect(faults).toEqual([]);
    });

    it('writes one entry of one report, however many write it at once', async () => {
      const receipts: ArchiveReceipt[] = await Promise.all([1, 2, 3, 4].map(() => append('incident-1')));

      expect(new Set(receipts.map(({ hash }) => hash)).size).toBe(1);
      expect((await twin.archive.verify(pair)).links).toHaveLength(1);
    });

    it('has a chain of its own for each pair', async () => {
      await append('incident-1');
      const other = await append('incident-1', '{}', 'other');

      expect([other.sequence, other.hash]).toEqual([1, hashed(nothing, 1, 'incident-1', '{}', 'other')]);
      expect(await twin.archive.read('third')).toBeUndefined();
      expect(await twin.archive.verify('third')).toEqual({ links: [], faults: [] });
    });

    it('gives a report back as it was written, by incident or as the newest', async () => {
      const content = JSON.stringify({ text: 'Zürich \u2028 "quoted"\n', large: 'x'.repeat(1_000_000) });
      const first = await append('incident-1', content);
      const second = await append('incident-2');

      expect(await twin.archive.read(pair, 'incident-1')).toEqual({ incident: 'incident-1', content, ...first });
      expect(await twin.archive.read(pair)).toMatchObject({ incident: 'incident-2', ...second });
      expect(await twin.archive.read(pair, 'incident-3')).toBeUndefined();
    });

    describe('that somebody laid hands on', () => {
      beforeEach(async () => {
        for (const incident of ['incident-1', 'incident-2', 'incident-3']) await append(incident);
      });

      it.each<[string, (text: string) => string | undefined, RegExp[]]>([
        ['changed', (text) => text.replace('{\\"incident', '{\\"accident'), [/^this entry was changed/]],
        ['renamed', (text) => text.replace('"incident": "incident-2"', '"incident": "incident-9"'), [/was changed/]],
        ['removed', () => undefined, [/^this entry is missing/]],
        ['cut off', (text) => text.slice(0, -20), [/^this is no entry/]],
        [
          'written anew, hash and all',
          (text) => {
            const entry = { ...(JSON.parse(text) as { previous: string }), content: 'false' };
            return JSON.stringify({ ...entry, hash: hashed(entry.previous, 2, 'incident-2', 'false') });
          },
          [/^this entry was written after another one/],
        ],
      ])('shows it: %s', async (_how, change, says) => {
        await twin.tamper(pair, '000002.json', change);

        const { faults } = await twin.archive.verify(pair);

        expect(faults.map((fault) => fault.says)).toEqual(says.map((said) => expect.stringMatching(said) as unknown));
        expect(faults[0]?.location).toMatch(/demo\/00000[23]\.json$/);
      });

      it('still takes the next report after a fault further back', async () => {
        await twin.tamper(pair, '000002.json', () => undefined);

        await expect(append('incident-4')).resolves.toMatchObject({ sequence: 4 });
        expect((await twin.archive.verify(pair)).faults).toHaveLength(1);
      });

      it('takes none where the newest entry is none to chain to, and reads it to nobody', async () => {
        await twin.tamper(pair, '000003.json', (text) => text.replace('{\\"incident', '{\\"accident'));

        const failures = [await failureOf(append('incident-4')), await failureOf(twin.archive.read(pair))];

        for (const failure of failures) {
          expect(failure).toMatchObject({ type: 'ArchiveBroken', retryable: false });
          expect(failure.message).toContain('demo/000003.json');
        }
        await expect(twin.archive.read(pair, 'incident-2')).resolves.toMatchObject({ sequence: 2 });
      });
    });

    it('is unavailable while it is away, and for whoever has no time', async () => {
      const { sequence } = await append('incident-1');
      await expect(twin.archive.check(noHurry())).resolves.toBeUndefined();
      const late = twin.archive.append({ pair, incident: 'incident-2', content: '{}' }, AbortSignal.abort());
      expect(await failureOf(late)).toMatchObject({ type: 'ArchiveUnavailable', retryable: true });
      expect((await twin.archive.verify(pair)).links.map((link) => link.sequence)).toEqual([sequence]);

      await twin.goAway();

      const failures = await Promise.all(
        [twin.archive.check(noHurry()), append('incident-2'), twin.archive.read(pair), twin.archive.verify(pair)].map(
          failureOf,
        ),
      );
      for (const failure of failures) expect(failure).toMatchObject({ type: 'ArchiveUnavailable', retryable: true });
    });

    it('takes no name of a pair that leads elsewhere', async () => {
      await expect(append('incident-1', '{}', '../other')).rejects.toThrow('no name of a pair');
    });
  });
}
