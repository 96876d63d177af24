/** For a command that goes on until somebody has seen enough: its end is no failure, and nothing is half done. */
export function quitSignal(): AbortSignal {
  const quit = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => quit.abort());
  return quit.signal;
}
