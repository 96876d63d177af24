/** Reports of a pair's runs, of the open one while it lasts. */
export interface Reports {
  /**
   * The report of the open run, of the last one, or of the incident that is named; `undefined` where there is none.
   * @throws NoWorkerAnswers when the run is open and nobody answers for it.
   */
  find(pair: string, incident?: string): Promise<FoundReport | undefined>;
}

export interface FoundReport {
  /** For programs. */
  document: object;
  /** For people. */
  markdown: string;
}
