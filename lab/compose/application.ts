/** `application-site-a` and `application-site-b` of docker-compose.yml: `application.js <site>`. */
import { join } from 'node:path';
import type { LabUser } from '../secrets';
import { SiteApplication } from '../site-application';
import { isLabSite } from '../sites';
import { stopSignal } from '../stop-signal';
import { publish } from './publish';
import { secret, secretsFolder } from './secret';

const ports = { published: 8080, local: 18_080 };

void main();

async function main(): Promise<void> {
  const site = process.argv[2];
  if (!isLabSite(site)) throw new Error('usage: application.js site-a | site-b');
  const application = new SiteApplication({
    site,
    port: ports.local,
    infinispanUrl: `https://infinispan.${site}.example:11222`,
    caFile: join(secretsFolder, 'infinispan-ca.pem'),
    user: JSON.parse(secret('infinispan-application.json')) as LabUser,
  });
  await application.start();
  await publish(ports.published, ports.local);
  await stopSignal();
  process.exit();
}
