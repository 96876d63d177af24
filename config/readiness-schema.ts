import { z } from 'zod';
import { fileReference, flag, httpUrl, mapping, say, secretReference, text } from './fields';
import { length } from './length';

const every = length({ min: '1m', max: '1d' }, 'Write how often a pair is looked through in peace time, as in 30m.');

const receiver = text(
  /^[^\0\n]{1,200}$/,
  'this is no name of a receiver',
  'Write the name as the running configuration of Alertmanager has it, as in sitewarden.',
);

const alertmanager = mapping(
  {
    url: httpUrl('Write the URL of the Alertmanager, as in https://alertmanager.example:9093.'),
    ca: fileReference('Write ca: file:/etc/sitewarden/alertmanager-ca.pem (PEM), or leave it out.').optional(),
    /** JSON with username and password, where something before Alertmanager asks for them. */
    credentials: secretReference('Write credentials: { secret: <reference> }, or leave it out').optional(),
    /** Says that these may cross a network in clear text. */
    allowPlaintext: flag('Leave it out, except in a lab.').default(false),
    /** By which it tells Sitewarden. */
    receiver: receiver.default('sitewarden'),
    /** Whose webhooks tell people, and fence nobody. */
    notifying: z
      .array(receiver, { error: say('this must be a list of receivers', 'Write notifying: [chat], or leave it out.') })
      .default([]),
  },
  'Write an Alertmanager as { url: https://alertmanager.example:9093, receiver: sitewarden }.',
);

/** For every pair that says nothing else. */
export const readiness = mapping(
  {
    every: every.default('30m'),
    /** Whose running configuration is read, to find out who else hears the alerts. */
    alertmanagers: z
      .array(alertmanager, {
        error: say('this must be a list of Alertmanagers', 'Write alertmanagers: [{ url: <URL> }], or leave it out.'),
      })
      .default([]),
  },
  'Write readiness: { every: 30m }, or leave it out.',
).prefault({});

export const pairReadiness = mapping(
  { every: every.optional() },
  'Write readiness: { every: 30m }, or leave it out.',
).optional();

const place = text(
  /^[a-z0-9-]{1,40}$/,
  'this is neither outside nor the name of a site',
  'Write outside, or the site in which it stands.',
).optional();

/** Where our own parts stand, which have to outlive each site. */
export const placement = mapping(
  { worker: place, temporal: place, temporalStore: place },
  'Write placement: { worker: outside, temporal: outside, temporalStore: outside }, or leave it out.',
);

export type AlertmanagerConfig = z.output<typeof alertmanager>;
