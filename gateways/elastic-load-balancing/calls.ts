import type {
  ElasticLoadBalancingV2Client,
  ElasticLoadBalancingV2ClientConfig,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import type { SiteTag } from '../../domain/readiness/site-tags';
import { requestHandler, timeIsUp } from '../aws-sdk';
import { endedBy } from '../ended-by';

/* What is read of the answer (ELBv2 API reference: TagDescription, Tag). */
const tagDescription = z.object({
  ResourceArn: z.string(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().optional() })),
});
const tagDescriptions = z.object({ TagDescriptions: z.array(tagDescription) });

export type TagsByArn = ReadonlyMap<string, SiteTag>;

export async function createClient(config: ElasticLoadBalancingV2ClientConfig): Promise<ElasticLoadBalancingV2Client> {
  const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2');
  return new sdk.ElasticLoadBalancingV2Client({
    customUserAgent: 'sitewarden',
    maxAttempts: 2,
    requestHandler: requestHandler({ requestTimeout: 1_500 }),
    ...config,
  });
}

/** The tag `site` of each load balancer. Fails with the SDK's own error, as a whole: an answer that lacks one too. */
export async function describeSiteTags(
  client: ElasticLoadBalancingV2Client,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<TagsByArn> {
  const { DescribeTagsCommand } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const command = new DescribeTagsCommand({ ResourceArns: [...arns] });
  const answer = await endedBy(abortSignal, timeIsUp, () => client.send(command, { abortSignal }));
  const { TagDescriptions } = tagDescriptions.parse(answer);
  return new Map(arns.map((arn) => [arn, siteTag(arn, TagDescriptions)]));
}

function siteTag(arn: string, descriptions: z.infer<typeof tagDescription>[]): SiteTag {
  const description = descriptions.find(({ ResourceArn }) => ResourceArn === arn);
  if (!description) return { unknown: 'the answer of Elastic Load Balancing leaves it out' };
  const value = description.Tags.find(({ Key }) => Key === 'site')?.Value;
  return value === undefined ? 'untagged' : { site: value };
}
