import { z } from 'zod';
import { api, apiClient } from './api-schema';
import { archive } from './archive-schema';
import { fenceDevices, trafficFence } from './devices-schema';
import {
  fileReference,
  flag,
  hostAndPort,
  httpUrl,
  listen,
  mapping,
  pemFile,
  say,
  secretReference,
  text,
  wholeNumber,
} from './fields';
import { gates } from './gates-schema';
import { quorum } from './quorum-schema';
import { siteHeuristics } from './heuristics-schema';
import { observerProcess, observers } from './observers-schema';
import { lock, outerLock } from './lock-schema';
import { pairReadiness, placement, readiness } from './readiness-schema';
import { sentinel } from './sentinel-schema';
import { workload } from './workload-schema';

const temporal = mapping(
  {
    profile: text(
      /^\S+$/,
      'this is no profile name',
      "Write a profile of Temporal's own configuration file.",
    ).optional(),
    address: hostAndPort('Write host:port without a scheme, as in temporal.example:7233.').optional(),
    namespace: text(/^\S+$/, 'this is no namespace', 'Write the Temporal namespace, as in default.').optional(),
    /** Prefix of the queues sitewarden, sitewarden-fence, sitewarden-restore and sitewarden-watch. */
    taskQueue: text(/^[\w.-]{1,100}$/, 'this is no task queue name', 'Use letters, digits, dots, dashes.').default(
      'sitewarden',
    ),
  },
  'Write temporal: { address: host:port, namespace: name }, or leave it out.',
);

const webhookTls = mapping(
  {
    /** With those of its issuers after it, where there are any. */
    certificate: pemFile('certificate', "the webhook's certificate"),
    key: pemFile('key', 'the key that belongs to the certificate'),
    /** Alerts are then taken only of clients with a certificate that it issued; the credentials are required beside it. */
    clientCa: pemFile('clientCa', 'or leave it out').optional(),
  },
  'Write tls: { certificate: file:<path>, key: file:<path> }, or leave it out.',
);

const webhook = mapping(
  {
    listen: listen('127.0.0.1:8080').default('127.0.0.1:8080'),
    /** JSON with username and password: what Alertmanager's basic_auth sends. */
    credentials: secretReference('Write credentials: { secret: <reference> }').optional(),
    /** One token: what Alertmanager's authorization (type Bearer) sends. */
    bearer: secretReference('Write bearer: { secret: <reference> }').optional(),
    tls: webhookTls.optional(),
    /** Says that the credentials may cross a network in clear text. */
    allowPlaintext: flag('Leave it out, unless a TLS proxy stands before the webhook.').default(false),
  },
  'Write webhook: { credentials: { secret: aws:webhook-credentials } }.',
);

const worker = mapping(
  {
    health: mapping(
      { listen: listen('127.0.0.1:9090').default('127.0.0.1:9090') },
      'Write health: { listen: 127.0.0.1:9090 }.',
    ).prefault({}),
    /** Temporal's SDK serves its metrics itself, and at no name: only at an IP address. */
    temporalMetrics: mapping(
      {
        listen: text(
          /^(\[[0-9a-fA-F:]+\]|\d{1,3}(\.\d{1,3}){3}):\d{1,5}$/,
          'this is no IP address with a port',
          'Write it as in 127.0.0.1:9464; a host name cannot be listened on here.',
        ),
      },
      'Write temporalMetrics: { listen: 127.0.0.1:9464 }, or leave it out.',
    ).optional(),
  },
  'Write worker: { health: { listen: 127.0.0.1:9090 } }, or leave it out.',
);

const aws = mapping(
  {
    /** Region of Secrets Manager and of the archive's bucket; Global Accelerator itself has only one. */
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'this is no AWS region', 'Write it as in eu-west-1.').optional(),
  },
  'Write aws: { region: eu-west-1 }, or leave it out.',
);

const name = (of: string) =>
  text(/^[a-z0-9-]{1,40}$/, `this is no name of a ${of}`, 'Use 1 to 40 lower-case letters, digits and dashes.');

const acceleratorArn = /^arn:aws[a-z-]*:globalaccelerator::\d{12}:accelerator\/[\w-]+$/;
const groupArn =
  /^arn:aws[a-z-]*:globalaccelerator::\d{12}:accelerator\/[\w-]+\/listener\/[\w-]+\/endpoint-group\/[\w-]+$/;
const loadBalancerArn =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/(net|app)\/[\w-]+\/[\w-]+$/;
const attachmentArn = /^arn:aws[a-z-]*:globalaccelerator::\d{12}:attachment\/[\w-]+$/;

const globalAccelerator = mapping(
  {
    /** The name that clients resolve; alerts carry it in the label `accelerator`. */
    dnsName: text(
      /^(?=.{1,253}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      'this is no DNS name',
      "Write the accelerator's DNS name, as in a1234567890abcdef.awsglobalaccelerator.com.",
    ).optional(),
    arn: text(
      acceleratorArn,
      'this is no ARN of an accelerator',
      'Write it as in arn:aws:globalaccelerator::111122223333:accelerator/<id>.',
    ).optional(),
    /** Only these groups belong to the pair. Without them: every group that holds one of its load balancers. */
    endpointGroups: z
      .array(
        text(
          groupArn,
          'this is no ARN of an endpoint group',
          'Write it as in arn:aws:globalaccelerator::111122223333:accelerator/<id>/listener/<id>/endpoint-group/<id>.',
        ),
        { error: say('this must be a list of ARNs', 'Write endpointGroups: [<ARN>], or leave it out.') },
      )
      .min(1, { error: say('the list is empty', 'Name at least one endpoint group, or leave the key out.') })
      .optional(),
    ...trafficFence,
  },
  'Write globalAccelerator: { dnsName: <name> }, { arn: <ARN> } or { endpointGroups: [<ARN>] }.',
);

const replication = mapping(
  {
    infinispan: mapping(
      {
        caches: z
          .array(text(/^\S(.{0,254}\S)?$/, 'this is no cache name', 'Write the name of a replicated cache.'), {
            error: say('this must be a list of cache names', 'Write caches: [authenticationSessions, work].'),
          })
          .min(1, { error: say('the list is empty', 'Name the caches that have a backup in the other site.') }),
      },
      'Write infinispan: { caches: [authenticationSessions, work] }.',
    ),
  },
  'Write replication: { infinispan: { caches: [authenticationSessions, work] } }.',
);

const endpoint = mapping(
  {
    weight: wholeNumber({ min: 0, max: 255 }, 'Write the weight the endpoint has in normal times, as in 128.').default(
      128,
    ),
    clientIpPreservation: flag('Write what the endpoint has in normal times.').default(false),
    attachmentArn: text(
      attachmentArn,
      'this is no ARN of a cross-account attachment',
      'Write it as in arn:aws:globalaccelerator::111122223333:attachment/<id>.',
    ).optional(),
  },
  'Write endpoint: { weight: 128, clientIpPreservation: false }, or leave it out.',
);

const infinispan = mapping(
  {
    url: httpUrl("Write the REST URL of this site's Infinispan, as in https://infinispan.site-a.example:11222."),
    ca: fileReference('Write ca: file:/etc/sitewarden/ca.pem (PEM), or leave it out.').optional(),
    /** JSON with username and password of a user with the ADMIN permission. */
    credentials: secretReference('Write credentials: { secret: <reference> }'),
    /** For a lab: the URL may be http, and the password travels in clear text. */
    allowPlaintext: flag('Leave it out, except in a lab.').default(false),
  },
  'Write infinispan: { url: https://<host>:11222, credentials: { secret: aws:<secret id> } }.',
);

const site = mapping(
  {
    name: name('site'),
    loadBalancer: text(
      loadBalancerArn,
      'this is no ARN of a network or application load balancer',
      'Write it as in arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/<name>/<id>.',
    ),
    endpoint: endpoint.prefault({}),
    infinispan,
    health: httpUrl(
      "Write the URL that the site's load balancer asks, as in https://site-a.example/lb-check.",
    ).optional(),
    healthCa: fileReference('Write healthCa: file:/etc/sitewarden/ca.pem (PEM), or leave it out.').optional(),
    workload: workload.prefault('none'),
    heuristics: siteHeuristics.optional(),
    sentinel: sentinel.optional(),
  },
  'Write a site as { name: site-a, loadBalancer: <ARN>, infinispan: { ... } }.',
);

const mode = z.enum(['act', 'shadow'], {
  error: say(
    'this is neither act nor shadow',
    'Write mode: shadow to let it decide and touch nothing; leave it out to act.',
  ),
});

const whenPutBack = z.enum(['repair', 'ask'], {
  error: say(
    'this is neither repair nor ask',
    'Write repair to remove again a fenced site that somebody put back, or ask to have a person decide.',
  ),
});

const policy = mapping(
  {
    /** Without it the site that was heard first. */
    preferredSite: name('site').optional(),
    stableSeconds: wholeNumber({ min: 1, max: 3600 }, 'Write for how long a healed link must hold, as in 60.').default(
      60,
    ),
    whenPutBack: whenPutBack.default('repair'),
    gates,
    quorum: quorum.prefault({}),
    soakSeconds: wholeNumber(
      { min: 1, max: 86_400 },
      'Write for how long a site that came back is watched, as in 600.',
    ).default(600),
    healthyWithinSeconds: wholeNumber(
      { min: 1, max: 3600 },
      'Write how long a site that was added may take to become healthy, as in 120.',
    ).default(120),
  },
  'Write policy: { preferredSite: site-a }, or leave it out.',
);

const sites = z
  .array(site, {
    error: say('this must be a list of two sites', 'Write the two sites, each beginning with "- name:".'),
  })
  .length(2, { error: say('a pair has exactly two sites', 'Name two sites; make another pair for others.') })
  .transform((both) => both as [z.output<typeof site>, z.output<typeof site>]);

const sitePair = mapping(
  {
    name: name('pair'),
    mode: mode.default('act'),
    traffic: mapping({ globalAccelerator }, 'Write traffic: { globalAccelerator: { dnsName: <name> } }.'),
    replication,
    sites,
    fenceDevices: fenceDevices.optional(),
    observers: observers.optional(),
    readiness: pairReadiness,
    placement: placement.optional(),
    policy: policy.prefault({}),
    outerLock: outerLock.optional(),
  },
  'Write a pair as { name, traffic, replication, sites, policy }; sitewarden.example.yaml shows one.',
);

/** The shape of sitewarden.yaml. What one value says about another is looked at in cross-checks.ts. */
export const configSchema = mapping(
  {
    temporal: temporal.prefault({}),
    webhook: webhook.optional(),
    api: api.optional(),
    apiClient: apiClient.optional(),
    worker: worker.prefault({}),
    observer: observerProcess.prefault({}),
    aws: aws.prefault({}),
    archive,
    lock: lock.optional(),
    readiness,
    sitePairs: z
      .array(sitePair, {
        error: say('this must be a list of pairs', 'Write the pairs, each beginning with "- name:".'),
      })
      .min(1, { error: say('the list is empty', 'Name at least one pair of sites.') }),
  },
  'sitewarden.example.yaml shows a whole file.',
);

export type FileConfig = z.output<typeof configSchema>;
export type PairConfig = z.output<typeof sitePair>;
export type SiteConfig = z.output<typeof site>;
export type WebhookConfig = z.output<typeof webhook>;
export type ApiConfig = z.output<typeof api>;
export type ApiClientConfig = z.output<typeof apiClient>;
