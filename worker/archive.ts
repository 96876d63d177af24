import type { SitewardenConfig } from '../config';
import { createFileArchive, createS3Archive, type Archive } from '../gateways/archive';

/** Makes the archive of the configuration. Opens no connection and makes no folder. */
export function openArchive({ config }: { config: Pick<SitewardenConfig, 'archive' | 'aws'> }): Archive {
  const { file, s3 } = config.archive;
  if (file) return createFileArchive(file);
  if (s3) return createS3Archive({ ...s3, region: s3.region ?? config.aws.region });
  throw new Error('the configuration names no archive');
}
