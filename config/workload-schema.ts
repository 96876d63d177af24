import { z } from 'zod';
import { command, fileReference, flag, httpUrl, mapping, say, secretText, text, wholeNumber } from './fields';

const commands = {
  stop: command('stop: [kc-scale, site-a, "0"]'),
  start: command('start: [kc-scale, site-a, "3"]'),
  /** Ends with 0 while the application runs, with 3 while it is stopped (LSB, init script actions, `status`). */
  status: command('status: [kc-status, site-a], or leave it out').optional(),
  timeoutSeconds: wholeNumber({ min: 1, max: 600 }, 'Write how long a command may take, as in 120.').default(120),
};

const exec = mapping(commands, 'Write exec: { stop: [kc-scale, site-a, "0"], start: [kc-scale, site-a, "3"] }.');

/** Client credentials of a service account. */
const admin = mapping(
  {
    url: httpUrl("Write the base URL of this site's own Keycloak, as in https://keycloak.site-a.example."),
    /** The realm that has the client. */
    realm: text(
      /^[^\s/]{1,255}$/,
      'this is no name of a realm',
      'Write the realm of the client, as in master.',
    ).default('master'),
    clientId: text(/^[\x21-\x7e]{1,255}$/, 'this is no client id', 'Write the id of a client with a service account.'),
    /** One text: the client's secret. */
    secret: secretText(),
  },
  'Write admin: { url: https://<host>, clientId: sitewarden, secret: aws:<secret id> }.',
);

const keycloak = mapping(
  {
    ...commands,
    /** What its check does not tell: a Keycloak that starts or ends refuses connections as one that is stopped does. */
    status: command('status: [kc-status, site-a]'),
    /** Of the site's own Keycloak: through the accelerator either site could answer. */
    lbCheck: httpUrl("Write the URL of this site's own /lb-check, as in https://keycloak.site-a.example/lb-check."),
    admin,
    ca: fileReference('Write ca: file:/etc/sitewarden/keycloak-ca.pem (PEM), or leave it out.').optional(),
    /** For a lab: the URLs may be http, and the client's secret travels in clear text. */
    allowPlaintext: flag('Leave it out, except in a lab.').default(false),
  },
  'Write keycloak: { stop: [...], start: [...], status: [...], lbCheck: <URL>, admin: { url: <URL>, clientId: <id>, secret: <reference> } }.',
);

/** As it is written in the file; the two words stand for themselves. */
const written = mapping(
  {
    exec: exec.optional(),
    keycloak: keycloak.optional(),
    /** A person stops and starts the application, and confirms it. */
    manual: z
      .literal(true, { error: say('this can only be true', 'Write workload: manual, or leave it out.') })
      .optional(),
  },
  'Write workload: { exec: { stop: [...], start: [...] } }, { keycloak: { ... } }, workload: manual or workload: none.',
);

const words: Readonly<Record<string, object>> = { manual: { manual: true }, none: {} };

type Workload = { exec: ExecConfig } | { keycloak: KeycloakConfig } | 'manual' | 'none';

/** Who stops and starts the application of a site. Several at once are a fault of cross-checks.ts. */
export const workload = z
  .preprocess((value) => (typeof value === 'string' ? (words[value] ?? value) : value), written)
  .transform(({ exec, keycloak, manual }): Workload => {
    if (exec) return { exec };
    if (keycloak) return { keycloak };
    return manual ? 'manual' : 'none';
  });

export type WorkloadConfig = z.output<typeof workload>;
export type ExecConfig = z.output<typeof exec>;
export type KeycloakConfig = z.output<typeof keycloak>;

/** The commands that stop and start the application, of whichever kind it is; `undefined` where there are none. */
export function workloadCommands(workload: WorkloadConfig): ExecConfig | undefined {
  if (typeof workload === 'string') return undefined;
  return 'exec' in workload ? workload.exec : workload.keycloak;
}
