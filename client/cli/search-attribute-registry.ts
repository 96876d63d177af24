/** The search attributes of one Temporal namespace. */
export interface SearchAttributeRegistry {
  /** Type by name, as in `Keyword`. */
  registered(): Promise<Readonly<Record<string, string>>>;
  /** Registers keyword attributes. A name that exists meanwhile is no failure. */
  addKeywords(names: readonly string[]): Promise<void>;
}
