/** Where it is kept that a pair's alerts would arrive. */
export interface AlertPathIntake {
  /**
   * A watchdog alert came for this site's view. Resolves only when Temporal has it in writing, now or a short while ago.
   * Starts no run and wakes none.
   */
  heard(watchdog: Watchdog): Promise<void>;
}

export interface Watchdog {
  pair: string;
  /** The site whose view would be reported that way. */
  reporter: string;
}
