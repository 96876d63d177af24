import { Writable } from 'node:stream';
import { createLogger, type Logger } from '../../runtime/logging';

/** A logger of the product whose lines a test can read, as they would stand in the log. */
export function readableLog(level?: Parameters<typeof createLogger>[0]['level']): {
  logger: Logger;
  lines: Record<string, unknown>[];
} {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { logger: createLogger({ process: 'worker', level, destination }), lines };
}
