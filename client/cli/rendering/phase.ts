import type { Phase } from '../../../domain/state';
import type { Colours } from '../output';

/** As a person says it. */
export function phaseWord(phase: Phase): string {
  return phase === 'goingOffline' ? 'going offline' : phase;
}

/** Green where what was to be reached is proved, yellow where a proved fence is being led back, red otherwise. */
export function phaseColour(phase: Phase, colours: Colours): (text: string) => string {
  switch (phase) {
    case 'fenced':
    case 'synchronized':
    case 'soaking':
      return colours.green;
    case 'clearing':
    case 'pushing':
    case 'comparing':
    case 'reattaching':
    case 'admitting':
    case 'goingOffline':
      return colours.yellow;
    case 'observing':
    case 'fencing':
    case 'finished':
      return colours.red;
  }
}
