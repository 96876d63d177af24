export { loadConfig, parseConfig, type SitewardenConfig } from './load';
export { workloadCommands, type ExecConfig } from './workload-schema';
export { ConfigProblems, type ConfigProblem } from './problems';
export { callerName } from './api-schema';
export type { ApiClientConfig, ApiConfig, PairConfig, SiteConfig, WebhookConfig } from './schema';
export { temporalConnect, type Environment, type TemporalConnect } from './temporal';
export { configHash, effectiveConfig, listenAddress, toSitePair } from './views';
