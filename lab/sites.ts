/** The two sites of the lab. */
export const labSites = ['site-a', 'site-b'] as const;
export type LabSite = (typeof labSites)[number];

export function peerOf(site: LabSite): LabSite {
  return site === 'site-a' ? 'site-b' : 'site-a';
}

/** One value per site. */
export function perSite<T>(make: (site: LabSite) => T): Record<LabSite, T> {
  return { 'site-a': make('site-a'), 'site-b': make('site-b') };
}

/** One value per site, made at the same time. */
export async function perSiteAsync<T>(make: (site: LabSite) => Promise<T>): Promise<Record<LabSite, T>> {
  const [a, b] = await Promise.all([make('site-a'), make('site-b')]);
  return { 'site-a': a, 'site-b': b };
}

export function isLabSite(name: string | undefined): name is LabSite {
  return labSites.some((site) => site === name);
}
