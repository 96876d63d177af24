export { sitePairRun } from './site-pair-run';
export { observeSitePair } from './observe-site-pair';
export { assessSitePairReadiness } from './assess-site-pair-readiness';
export { hearAlertPath } from './hear-alert-path';
