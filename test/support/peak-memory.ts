import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

const everyMs = 200;
const metric = /^process_resident_memory_bytes\{.*\} (\S+)$/m;

/** What a process of ours holds, by its own metrics: at first, and at the most until `end`. In bytes. */
export class PeakMemory {
  private most: number;
  private isOver = false;
  private readonly watching: Promise<void>;

  private constructor(
    private readonly page: string,
    private readonly before: number,
  ) {
    this.most = before;
    this.watching = this.watch();
  }

  /** @param listen `host:port` of its health page. */
  static async of(listen: string): Promise<PeakMemory> {
    const page = `http://${listen}/metrics`;
    return new PeakMemory(page, await heldBytes(page));
  }

  async end(): Promise<{ before: number; most: number }> {
    this.isOver = true;
    await this.watching;
    return { before: this.before, most: Math.max(this.most, await heldBytes(this.page)) };
  }

  private async watch(): Promise<void> {
    while (!this.isOver) {
      // A busy process misses a look now and then; the last one, by `end`, has to be answered.
      this.most = Math.max(this.most, await heldBytes(this.page).catch(() => 0));
      await sleep(everyMs, undefined, { ref: false });
    }
  }
}

async function heldBytes(page: string): Promise<number> {
  const answer = await request(page, { signal: AbortSignal.timeout(10_000) });
  const held = Number(metric.exec(await answer.body.text())?.[1]);
  if (!(held > 0)) throw new Error(`${page} tells no process_resident_memory_bytes`);
  return held;
}
