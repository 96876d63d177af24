export { loadConfig, parseConfig, type SitewardenConfig } from './load';
export type { CheckConfig } from './heuristics-schema';
export { workloadCommands, type ExecConfig } from './workload-schema';
export { ConfigProblems, type ConfigProblem } from './problems';
export type { NetworkConfig } from './network-schema';
export type { ObserverConfig } from './observers-schema';
export { callerName } from './api-schema';
export type { ApiClientConfig, ApiConfig, PairConfig, SiteConfig, WebhookConfig } from './schema';
export type { LockConfig } from './lock-schema';
export type { SentinelConfig } from './sentinel-schema';
export { temporalConnect, type Environment, type TemporalConnect } from './temporal';
export {
  configHash,
  effectiveConfig,
  listenAddress,
  readinessEverySeconds,
  sitesBesideTemporal,
  toSitePair,
} from './views';
