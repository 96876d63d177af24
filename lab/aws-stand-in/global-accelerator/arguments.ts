import { acceleratorNotFound, endpointGroupNotFound, invalidArgument, listenerNotFound } from '../aws-error';
import { MemberReader, type Members } from '../members';
import type { Accelerators, AcceleratorState, GroupState, ListenerState } from './state';

/** Every text of Global Accelerator has at most 255 characters (API reference). */
export const argument = new MemberReader(invalidArgument, { from: 1, to: 255 });

const arnForm = /^arn:aws:globalaccelerator::\d{12}:accelerator\/[^/]+(\/listener\/[^/]+(\/endpoint-group\/[^/]+)?)?$/;

function arnIn(input: Members, name: string): string {
  const arn = argument.text(input, name);
  if (!arnForm.test(arn)) throw invalidArgument(`${name} is not the ARN of anything in Global Accelerator.`);
  return arn;
}

export function acceleratorIn(input: Members, accelerators: Accelerators): AcceleratorState {
  const arn = arnIn(input, 'AcceleratorArn');
  const accelerator = accelerators.accelerator(arn);
  if (accelerator === undefined) throw acceleratorNotFound(arn);
  return accelerator;
}

export function listenerIn(input: Members, accelerators: Accelerators): ListenerState {
  const arn = arnIn(input, 'ListenerArn');
  const listener = accelerators.listener(arn);
  if (listener === undefined) throw listenerNotFound(arn);
  return listener;
}

export function groupIn(
  input: Members,
  accelerators: Accelerators,
): { group: GroupState; accelerator: AcceleratorState } {
  const arn = arnIn(input, 'EndpointGroupArn');
  const found = accelerators.group(arn);
  if (found === undefined) throw endpointGroupNotFound(arn);
  return found;
}
