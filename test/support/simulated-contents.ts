/** The entries of one cache on one site: so few that equality can be asked after every single effect. */
export class SimulatedContents {
  private entries: Map<string, string>;
  /** Stored since the cache started, by clients, by the other site and by its pushes. */
  stores = 0;

  constructor(entries: Readonly<Record<string, string>> = {}) {
    this.entries = new Map(Object.entries(entries));
  }

  get size(): number {
    return this.entries.size;
  }

  get keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  read(key: string): string | undefined {
    return this.entries.get(key);
  }

  /** Without a value the key is deleted. */
  write(key: string, value: string | undefined): void {
    if (value === undefined) {
      this.entries.delete(key);
      return;
    }
    this.entries.set(key, value);
    this.stores += 1;
  }

  clear(): void {
    this.entries.clear();
  }

  copy(): SimulatedContents {
    const copy = new SimulatedContents();
    copy.entries = new Map(this.entries);
    return copy;
  }

  /** Keys that are not the same on both sides, by the side on which they are. */
  against(other: SimulatedContents): { onlyHere: string[]; onlyThere: string[]; differing: string[] } {
    return {
      onlyHere: this.keys.filter((key) => other.read(key) === undefined),
      onlyThere: other.keys.filter((key) => this.read(key) === undefined),
      differing: this.keys.filter((key) => other.read(key) !== undefined && other.read(key) !== this.read(key)),
    };
  }

  equals(other: SimulatedContents): boolean {
    return this.size === other.size && this.keys.every((key) => other.read(key) === this.read(key));
  }
}
