import type { Operation } from '../service';
import { acceleratorIn, groupIn, listenerIn } from './arguments';
import { pageOf } from './paging';
import { acceleratorShape, groupShape, listenerShape } from './shapes';
import type { Accelerators } from './state';

/** The reading actions of Global Accelerator, by their names in the API reference. */
export function readOperations(accelerators: Accelerators): Record<string, Operation> {
  return {
    ListAccelerators(input) {
      const { page, ...rest } = pageOf(accelerators.all, 'ListAccelerators', input);
      return { Accelerators: page.map(acceleratorShape), ...rest };
    },

    DescribeAccelerator(input) {
      return { Accelerator: acceleratorShape(acceleratorIn(input, accelerators)) };
    },

    ListListeners(input) {
      const { arn, listeners } = acceleratorIn(input, accelerators);
      const { page, ...rest } = pageOf(listeners, `ListListeners ${arn}`, input);
      return { Listeners: page.map(listenerShape), ...rest };
    },

    ListEndpointGroups(input) {
      const { arn, groups } = listenerIn(input, accelerators);
      const { page, ...rest } = pageOf(groups, `ListEndpointGroups ${arn}`, input);
      return { EndpointGroups: page.map(groupShape), ...rest };
    },

    DescribeEndpointGroup(input) {
      return { EndpointGroup: groupShape(groupIn(input, accelerators).group) };
    },
  };
}
