/**
 * Preloaded into a process (NODE_OPTIONS): its wall clock is off by WRONG_CLOCK_MS, and by as much again after each SIGWINCH.
 * Timers and the monotonic clock stay right, as they do on a machine whose clock is wrong.
 */
const RightDate = Date;
const stepMs = Number(process.env.WRONG_CLOCK_MS);
let offMs = stepMs;
globalThis.Date = class extends RightDate {
  constructor(...parts) {
    if (parts.length === 0) super(RightDate.now() + offMs);
    else super(...parts);
  }

  static now() {
    return RightDate.now() + offMs;
  }
};
process.on('SIGWINCH', () => {
  offMs += stepMs;
});
