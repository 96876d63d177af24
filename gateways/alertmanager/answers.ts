import { z } from 'zod';

/* What is read of Alertmanager's answers (API v2, as versions 0.25 to 0.34 send them). */

/** The running configuration as YAML; what is secret in it reads `<secret>`. */
export const status = z.object({ config: z.object({ original: z.string() }) });

export interface Route {
  receiver?: string;
  continue: boolean;
  /** As in `alertname="SiteOffline"`. */
  matchers: string[];
  match: Record<string, string>;
  match_re: Record<string, string>;
  routes: Route[];
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const route: z.ZodType<Route> = z.lazy(() =>
  z.object({
    receiver: z.string().optional(),
    continue: z.boolean().default(false),
    matchers: z
      .array(z.string())
      .nullish()
      .transform((some) => some ?? []),
    match: z
      .record(z.string(), scalar)
      .nullish()
      .transform((some) => some ?? {}),
    match_re: z
      .record(z.string(), scalar)
      .nullish()
      .transform((some) => some ?? {}),
    routes: z
      .array(route)
      .nullish()
      .transform((some) => some ?? []),
  }),
);

const webhook = z.looseObject({ url: z.string().optional() });

export const configuration = z.looseObject({
  route,
  receivers: z.array(z.looseObject({ name: z.string(), webhook_configs: z.array(webhook).nullish() })),
});

export type Configuration = z.output<typeof configuration>;
