import { invalidNextToken } from '../aws-error';
import type { Members } from '../members';
import { argument } from './arguments';

const defaultPageSize = 10;

/**
 * One page of a list: `MaxResults` 1..100, 10 when absent, and an opaque `NextToken` that is good for the same list only
 * (API reference, ListAccelerators and the other List actions).
 */
export function pageOf<T>(all: readonly T[], list: string, input: Members): { page: T[]; NextToken?: string } {
  const size = argument.optionalWhole(input, 'MaxResults', { from: 1, to: 100 }) ?? defaultPageSize;
  const token = argument.optionalText(input, 'NextToken');
  const start = token === undefined ? 0 : startOf(token, list);
  const end = start + size;
  return { page: all.slice(start, end), ...(end < all.length && { NextToken: tokenOf({ list, start: end }) }) };
}

const tokenOf = (page: { list: string; start: number }) => Buffer.from(JSON.stringify(page)).toString('base64url');

function startOf(token: string, list: string): number {
  try {
    const page = JSON.parse(Buffer.from(token, 'base64url').toString()) as { list?: unknown; start?: unknown } | null;
    if (page?.list === list && typeof page.start === 'number') return page.start;
  } catch {
    // Not one of ours: refused below.
  }
  throw invalidNextToken();
}
