/**
 * Does something again and again, each time so long after it began the last time, or as soon as that one is over.
 * @returns `stop`, which resolves when the one under way is over; none follows.
 */
export function repeat(everyMs: number, once: () => Promise<void>): { stop: () => Promise<void> } {
  let stopped = false;
  let wake: () => void = () => undefined;
  const going = (async () => {
    while (!stopped) {
      const beganMs = performance.now();
      await once();
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, everyMs - (performance.now() - beganMs)));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: () => {
      stopped = true;
      wake();
      return going;
    },
  };
}
