import type { Observation } from '../../domain/observation';
import type { Sighting, SiteSighting } from '../../domain/sighting';
import type { Observer } from '../../domain/site-pair';
import { seconds, type EpochMs } from '../../domain/time';
import { sites } from './simulated-replication';

/** What one witness says from now on; of a site it reaches nothing is said but that. */
export interface WitnessEvent {
  kind: 'witness';
  witness: number;
  says: 'both' | 'site-a' | 'site-b' | 'neither' | 'nothing' | 'oldNews';
}

/** Witnesses that say whatever they are told to, true or not. At first they reach both sites. */
export class SimulatedWitnesses {
  readonly observers: readonly Observer[];
  private readonly says: WitnessEvent['says'][];

  constructor(count: number) {
    this.observers = Array.from({ length: count }, (_, index) => ({ name: `witness-${index}`, votes: 1 }));
    this.says = this.observers.map(() => 'both');
  }

  apply({ witness, says }: WitnessEvent): void {
    if (this.observers.length > 0) this.says[witness % this.observers.length] = says;
  }

  seenWith(observation: Observation): Observation {
    if (this.observers.length === 0) return observation;
    const { at } = observation;
    const said = this.observers.map(({ name }, index) => {
      const says = this.says[index];
      return [name, says === 'nothing' ? nothing(at) : { value: sightingOf(says, at), at }] as const;
    });
    return { ...observation, sightings: Object.fromEntries(said) };
  }
}

function nothing(at: EpochMs): { unknown: 'NotObserved'; at: EpochMs } {
  return { unknown: 'NotObserved', at };
}

function sightingOf(says: WitnessEvent['says'] | undefined, at: EpochMs): Sighting {
  const isOld = says === 'oldNews';
  const of = (site: string): SiteSighting =>
    says === 'both' || isOld || says === site
      ? { health: { value: 200, at }, view: nothing(at) }
      : { health: { unknown: 'HealthUnreachable', at }, view: nothing(at) };
  const seen = Object.fromEntries(sites.map((site) => [site, of(site)]));
  return { seenAt: isOld ? at - seconds(60) : at, sites: seen, accelerator: nothing(at), network: nothing(at) };
}
