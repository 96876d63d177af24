/** A refusal as AWS words it: the shape's name, its HTTP status and a sentence. */
export class AwsError extends Error {
  override readonly name: string;
  readonly httpStatus: number;

  constructor(name: string, httpStatus: number, message: string) {
    super(message);
    this.name = name;
    this.httpStatus = httpStatus;
  }
}

// Names and statuses: Global Accelerator, Elastic Load Balancing and Secrets Manager API references, "Errors" of each action and "Common Errors".
export const invalidArgument = (message: string) => new AwsError('InvalidArgumentException', 400, message);
export const invalidNextToken = () => new AwsError('InvalidNextTokenException', 400, 'There is no such page.');
export const acceleratorNotFound = (arn: string) =>
  new AwsError('AcceleratorNotFoundException', 404, `There is no accelerator ${arn}.`);
export const listenerNotFound = (arn: string) =>
  new AwsError('ListenerNotFoundException', 404, `There is no listener ${arn}.`);
export const endpointGroupNotFound = (arn: string) =>
  new AwsError('EndpointGroupNotFoundException', 404, `There is no endpoint group ${arn}.`);
export const endpointNotFound = (id: string) =>
  new AwsError('EndpointNotFoundException', 404, `There is no endpoint ${id} in the group.`);
export const endpointAlreadyExists = (id: string) =>
  new AwsError('EndpointAlreadyExistsException', 400, `Endpoint ${id} is in the group already.`);
export const transactionInProgress = () =>
  new AwsError('TransactionInProgressException', 409, 'Another change to the accelerator is in progress.');
export const accessDenied = (message: string) => new AwsError('AccessDeniedException', 403, message);
export const limitExceeded = (message: string) => new AwsError('LimitExceededException', 403, message);
export const resourceNotFound = (message: string) => new AwsError('ResourceNotFoundException', 400, message);
/** What Secrets Manager answers to a member that is out of the model's bounds. */
export const validationException = (message: string) => new AwsError('ValidationException', 400, message);
// The query protocol has codes instead of shape names.
export const validationError = (message: string) => new AwsError('ValidationError', 400, message);
export const loadBalancerNotFound = (message: string) => new AwsError('LoadBalancerNotFound', 400, message);
