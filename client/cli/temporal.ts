import { hostname } from 'node:os';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { temporalConnect, type Environment, type SitewardenConfig } from '../../config';
import { lazyTemporal } from '../../runtime/temporal-connection';
import { SitePairClient } from '../site-pair-client';
import type { SearchAttributeRegistry } from './search-attribute-registry';
import type { OpenTemporal } from './surroundings';
import { Trouble, troubleOf } from './trouble';

const answersWithinMs = 5_000;
const { IndexedValueType } = temporal.api.enums.v1;

/**
 * Connects a command to Temporal, after asking it once whether it is there.
 * @throws Trouble when it is not, or refuses us.
 */
export async function openTemporal(
  config: SitewardenConfig,
  env: Environment,
  withinMs = answersWithinMs,
): Promise<OpenTemporal> {
  const { address, namespace, connectionOptions } = temporalConnect(config.temporal, env);
  await assertAnswers(connectionOptions, address, withinMs);
  const link = lazyTemporal({ connectionOptions, namespace, identity: `sitewarden-cli@${hostname()}` });
  return {
    namespace,
    runs: new SitePairClient(link.client, config.temporal.taskQueue),
    searchAttributes: registryOf(link.connection, namespace),
    close: () => link.close(),
  };
}

/** By a connection that does not try again, so that a refused one is told at once and with its reason. */
async function assertAnswers(options: ConnectionOptions, address: string, withinMs: number): Promise<void> {
  const connection = Connection.lazy({ ...options, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + withinMs, () => connection.workflowService.getSystemInfo({}));
  } catch (error) {
    const { exitCode, message, next } = troubleOf(error);
    throw new Trouble(exitCode, message.replace('Temporal', `Temporal at ${address}`), next, { cause: error });
  } finally {
    await connection.close();
  }
}

function registryOf({ operatorService }: Connection, namespace: string): SearchAttributeRegistry {
  const alreadyExists = 6;
  return {
    registered: async () => {
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      return Object.fromEntries(Object.entries(customAttributes).map(([name, type]) => [name, typeName(type)]));
    },
    addKeywords: async (names) => {
      const keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
      const searchAttributes = Object.fromEntries(names.map((name) => [name, keyword]));
      await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== alreadyExists) throw error;
      });
    },
  };
}

/** `Keyword`, as Temporal's own command line says it. */
function typeName(type: temporal.api.enums.v1.IndexedValueType): string {
  const word = (IndexedValueType[type] ?? '').replace('INDEXED_VALUE_TYPE_', '').toLowerCase();
  return word === '' ? 'Unknown' : word.charAt(0).toUpperCase() + word.slice(1);
}
