import type { LabSite } from './sites';

/** What serves a site's clients: a small application, or a real Keycloak. Starting and stopping again changes nothing. */
export interface LabApplication {
  readonly site: LabSite;
  readonly port: number;
  /** Its health, as the load balancer asks for it, is at `/lb-check`. */
  readonly url: string;
  /** Has been started, and may not be ready yet. */
  readonly isRunning: boolean;
  /** Returns when it has been started, as the platform that runs it would; it gets ready later, or ends. */
  launch(): Promise<void>;
  /** Returns when it is ready. */
  start(): Promise<void>;
  /** Refuses connections from now on and drops those it has, and its health with them. Returns when it is stopped. */
  stop(): Promise<void>;
}
