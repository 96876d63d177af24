import { z } from 'zod';

/* What is read of Keycloak's answers (OAuth 2.0, RFC 6749; admin REST API; OpenID Connect Discovery 1.0). */

export const token = z.object({ access_token: z.string().min(1) });

/** With `briefRepresentation`; a realm that the caller may not view is listed with its name alone. */
export const realms = z.array(z.object({ realm: z.string().min(1) }));

/** `systemInfo` is there for accounts that may see it, and for others left out. */
export const serverInfo = z.object({ systemInfo: z.object({ version: z.string().min(1) }).optional() });

export const discovery = z.object({ issuer: z.string().min(1) });
