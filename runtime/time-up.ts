/**
 * A signal that ends after so many milliseconds, for as long as anybody listens, alone or through `AbortSignal.any`. It keeps no
 * process alive. `AbortSignal.timeout` is held weakly by Node: combined by `AbortSignal.any` it may be collected before its time, and
 * then never ends (nodejs/node issue 57736).
 */
export function timeUp(ms: number): AbortSignal {
  const controller = new AbortController();
  const end = (): void => controller.abort(new DOMException('The time is up.', 'TimeoutError'));
  setTimeout(end, ms).unref();
  return controller.signal;
}
