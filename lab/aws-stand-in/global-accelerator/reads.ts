import { invalidArgument } from '../aws-error';
import { namedBy, type LoadBalancers } from '../load-balancers';
import type { Members } from '../members';
import type { Operation } from '../service';
import { acceleratorIn, argument, groupIn, listenerIn } from './arguments';
import { pageOf } from './paging';
import { acceleratorShape, groupShape, listenerShape } from './shapes';
import type { Accelerators } from './state';

/**
 * The reading actions of Global Accelerator, by their names in the API reference.
 * @param seenBy the accelerators as one read, with these members, finds them.
 */
export function readOperations(
  seenBy: (input: Members) => Accelerators,
  loadBalancers: LoadBalancers,
): Record<string, Operation> {
  return {
    ListAccelerators(input) {
      const { page, ...rest } = pageOf(seenBy(input).all, 'ListAccelerators', input);
      return { Accelerators: page.map(acceleratorShape), ...rest };
    },

    DescribeAccelerator(input) {
      return { Accelerator: acceleratorShape(acceleratorIn(input, seenBy(input))) };
    },

    ListListeners(input) {
      const { arn, listeners } = acceleratorIn(input, seenBy(input));
      const { page, ...rest } = pageOf(listeners, `ListListeners ${arn}`, input);
      return { Listeners: page.map(listenerShape), ...rest };
    },

    ListEndpointGroups(input) {
      const { arn, groups } = listenerIn(input, seenBy(input));
      const { page, ...rest } = pageOf(groups, `ListEndpointGroups ${arn}`, input);
      return { EndpointGroups: page.map(groupShape), ...rest };
    },

    ListCrossAccountResources(input) {
      const owner = argument.text(input, 'ResourceOwnerAwsAccountId');
      if (!/^\d{12}$/.test(owner)) throw invalidArgument('ResourceOwnerAwsAccountId must be twelve digits.');
      if (input['AcceleratorArn'] !== undefined) acceleratorIn(input, seenBy(input));
      const shared = loadBalancers.all.filter(
        ({ arn, attachmentArn }) => attachmentArn !== undefined && namedBy(arn).account === owner,
      );
      const { page, ...rest } = pageOf(shared, `ListCrossAccountResources ${owner}`, input);
      const resources = page.map(({ arn, attachmentArn }) => ({ EndpointId: arn, AttachmentArn: attachmentArn }));
      return { CrossAccountResources: resources, ...rest };
    },

    DescribeEndpointGroup(input) {
      return { EndpointGroup: groupShape(groupIn(input, seenBy(input)).group) };
    },
  };
}
