import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';

/** Registered by `sitewarden setup`; a run works without them, it is only harder to find. */
export const searchAttributes = {
  pair: defineSearchAttributeKey('SitewardenPair', 'KEYWORD'),
  phase: defineSearchAttributeKey('SitewardenPhase', 'KEYWORD'),
  waitingFor: defineSearchAttributeKey('SitewardenWaitingFor', 'KEYWORD'),
  staleSite: defineSearchAttributeKey('SitewardenStaleSite', 'KEYWORD'),
} as const;

export const searchAttributeNames: readonly string[] = Object.values(searchAttributes).map(({ name }) => name);

type Values = Readonly<Record<keyof typeof searchAttributes, string | null>>;

export function runSearchAttributes(values: Values): SearchAttributeUpdatePair[] {
  const names = Object.keys(searchAttributes) as (keyof Values)[];
  return names.map((name) => ({ key: searchAttributes[name], value: values[name] }));
}
