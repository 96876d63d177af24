import { Gauge, type Registry } from 'prom-client';
import { remembering } from '../runtime/remembering';

/** Sets the series of one gauge by what was read; those of the read before are gone. */
type Show<Label extends string, Read> = (shown: Gauge<Label>, read: Read) => void;

/**
 * Gauges that all show what one read found. It is made when the metrics are asked for, and serves for `rememberedMs`: several
 * scrapers, and the gauges of one scrape, cost no more than one.
 * @returns what defines one gauge of them
 */
export function rememberedGauges<Read>(options: {
  registry: Registry;
  read: () => Promise<Read>;
  rememberedMs: number;
  monotonicMs: () => number;
}) {
  const remembered = remembering(options.read, options);
  return <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    show: Show<Label, Read>,
  ): void => {
    const shown: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames,
      registers: [options.registry],
      async collect() {
        const read = await remembered();
        shown.reset();
        show(shown, read);
      },
    });
  };
}
