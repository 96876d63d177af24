export function assertNever(value: never): never {
  throw new Error(`Not a case of its union: ${JSON.stringify(value)}`);
}
