import { perSite, type LabSite } from '../sites';
import type { LabKeycloak } from './keycloak';

/** How a user reaches Keycloak: as everybody does, or past the accelerator. */
export type WayName = 'accelerator' | LabSite;

/** Where each way begins: scheme, host and port. */
export function urlsOf({ publicUrl, servers }: Pick<LabKeycloak, 'publicUrl' | 'servers'>): Record<WayName, string> {
  return { accelerator: publicUrl, ...perSite((site) => servers[site].url) };
}
