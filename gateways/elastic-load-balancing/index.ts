import type {
  ElasticLoadBalancingV2Client,
  ElasticLoadBalancingV2ClientConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SiteName } from '../../domain/site-pair';
import type { SiteTag } from '../../domain/readiness/site-tags';
import type { SiteTagsGateway } from '../ports';
import { createClient, describeSiteTags, type TagsByArn } from './calls';
import { isNotFound, reasonOf } from './failures';

export interface SiteTagsOptions {
  /** ARN of each site's load balancer; the region that is asked stands in it. */
  loadBalancers: Readonly<Record<SiteName, string>>;
  /** Settings of the SDK's client; the region is the load balancer's. */
  client?: ElasticLoadBalancingV2ClientConfig;
}

/** The API's maximum (ELBv2 API reference, DescribeTags). */
const describedAtOnce = 20;

/** The tags of Elastic Load Balancing. The SDK is loaded with the first read. */
export function createSiteTagsGateway(options: SiteTagsOptions): SiteTagsGateway & { close(): void } {
  const { loadBalancers } = options;
  const clients = new Map<string, Promise<ElasticLoadBalancingV2Client>>();

  function clientFor(region: string): Promise<ElasticLoadBalancingV2Client> {
    const client = clients.get(region) ?? createClient({ ...options.client, region });
    clients.set(region, client);
    return client;
  }

  /** One load balancer that is not there fails the whole call, so each is then asked for alone. */
  async function readBatch(region: string, arns: readonly string[], signal: AbortSignal): Promise<TagsByArn> {
    try {
      return await describeSiteTags(await clientFor(region), arns, signal);
    } catch (error) {
      if (arns.length === 1 || !isNotFound(error))
        return new Map(arns.map((arn) => [arn, { unknown: reasonOf(error) }]));
      return merged(await Promise.all(arns.map((arn) => readBatch(region, [arn], signal))));
    }
  }

  return {
    async readSiteTags(signal) {
      const batches = [...byRegion(Object.values(loadBalancers))].flatMap(([region, arns]) =>
        batchesOf(arns).map((batch) => readBatch(region, batch, signal)),
      );
      const tags = merged(await Promise.all(batches));
      return Object.fromEntries(Object.entries(loadBalancers).map(([site, arn]) => [site, tags.get(arn) as SiteTag]));
    },

    close(): void {
      for (const client of clients.values()) client.then((made) => made.destroy()).catch(() => undefined);
    },
  };
}

/** `arn:aws:elasticloadbalancing:<region>:...` */
function byRegion(arns: readonly string[]): Map<string, string[]> {
  const regions = new Map<string, string[]>();
  for (const arn of new Set(arns)) {
    const region = arn.split(':')[3] ?? '';
    regions.set(region, [...(regions.get(region) ?? []), arn]);
  }
  return regions;
}

function batchesOf(arns: readonly string[]): string[][] {
  const batches = Math.ceil(arns.length / describedAtOnce);
  return Array.from({ length: batches }, (_, batch) =>
    arns.slice(batch * describedAtOnce, (batch + 1) * describedAtOnce),
  );
}

function merged(maps: readonly TagsByArn[]): TagsByArn {
  return new Map(maps.flatMap((map) => [...map]));
}
