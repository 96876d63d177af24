import type { SeededAccelerator } from './global-accelerator/global-accelerator';
import type { Scenario } from './scenario';
import type { AwsStandIn } from './start';

/** What came of a scenario: where the new accelerators listen, and what the calls were answered. */
export interface Played {
  accelerators: SeededAccelerator[];
  calls: object[];
}

/** Carries a scenario out, part by part. Fails at the first thing that cannot be done; what stands before it is done. */
export async function play(standIn: AwsStandIn, scenario: Scenario): Promise<Played> {
  const played: Played = { accelerators: [], calls: [] };
  for (const loadBalancer of scenario.loadBalancers ?? []) standIn.addLoadBalancer(loadBalancer);
  for (const spec of scenario.accelerators ?? []) played.accelerators.push(await standIn.addAccelerator(spec));
  for (const secret of scenario.secrets ?? []) {
    if ('promote' in secret) standIn.secrets.promotePending(secret.name);
    else if (secret.stage === 'AWSPENDING') standIn.secrets.putPending(secret.name, secret.text);
    else standIn.secrets.put(secret.name, secret.text);
  }
  for (const [arn, health] of Object.entries(scenario.health ?? {})) standIn.setHealth(arn, health);
  for (const bucket of scenario.buckets ?? []) standIn.buckets.create(bucket);
  Object.assign(standIn.behaviour, scenario.behaviour);
  standIn.faults.script(scenario.faults ?? []);
  for (const writer of scenario.foreignWriters ?? []) standIn.startForeignWriter(writer);
  for (const { as, operation, input } of scenario.calls ?? []) {
    played.calls.push(standIn.callAs(as, operation, input));
  }
  return played;
}
