import { OperatingFailure } from '../../domain/failure-types';

export type ParsedReference =
  { kind: 'aws'; secretId: string } | { kind: 'file'; path: string } | { kind: 'env'; name: string };

/** Parses `aws:<secret id or ARN>`, `file:<path>` or `env:<NAME>`. The text is not repeated: it may be a secret by mistake. */
export function parseReference(reference: string): ParsedReference {
  const [, kind, rest] = /^(aws|file|env):(.+)$/s.exec(reference) ?? [];
  switch (kind) {
    case 'aws':
      return { kind, secretId: rest as string };
    case 'file':
      return { kind, path: rest as string };
    case 'env':
      return { kind, name: rest as string };
    case undefined:
    default:
      throw new OperatingFailure(
        'SecretUnavailable',
        'A secret is referred to as aws:<secret id>, file:<path> or env:<NAME>; this one is not.',
        { retryable: false },
      );
  }
}
