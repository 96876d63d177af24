export { sitePairRun } from './site-pair-run';
export { observeSitePair } from './observe-site-pair';
