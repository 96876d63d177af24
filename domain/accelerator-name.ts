/**
 * One form for all names of an accelerator of one kind: lower case, no dot at the end, `x.dualstack.awsglobalaccelerator.com`
 * as `x.awsglobalaccelerator.com`, and the ARN of an endpoint group as that of its accelerator. A DNS name and an ARN of
 * one accelerator stay apart: nothing in them tells that they belong together.
 */
export function acceleratorKey(name: string): string {
  return acceleratorArnOf(name.toLowerCase()).replace(/\.$/, '').replace('.dualstack.', '.');
}

/** Listener and endpoint group ARNs begin with their accelerator's (service authorization reference, resource types). */
export function acceleratorArnOf(arn: string): string {
  return arn.replace(/\/listener\/.*$/, '');
}
