import type { Known, RunState } from './state';

/** After a new split inside the soak was fenced, the run takes no step towards online before a person releases it. */
export function isHeldByItself({ heard }: Pick<RunState, 'heard'>, { refenced }: Pick<Known, 'refenced'>): boolean {
  if (!refenced) return false;
  return !heard.decisions.some(({ kind, refused, at }) => kind === 'release' && !refused && at >= refenced.at);
}
