/** Parts of a higher tier lean on those of a lower one: started after them, stopped before them. */
export const tiers = { network: 0, servers: 1, applications: 2, monitoring: 3, sitewarden: 4, clients: 5 } as const;
export type Tier = (typeof tiers)[keyof typeof tiers];

export const tiersFromTop: readonly Tier[] = Object.values(tiers).sort((left, right) => right - left);
