import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

interface Alert {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  fingerprint: string;
}

export interface AlertReceiver {
  /** `host:port`. */
  address: string;
  /** The labels of the alerts of this name whose last message said "firing". */
  firing(alertname: string): readonly Record<string, string>[];
  forget(): void;
  close(): Promise<void>;
}

/** Stands where Sitewarden's webhook stands, and remembers what Alertmanager says. */
export async function startAlertReceiver(options: {
  port: number;
  user: { username: string; password: string };
}): Promise<AlertReceiver> {
  const { username, password } = options.user;
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const latest = new Map<string, Alert>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const authorized = request.headers.authorization === expected;
      const alerts = authorized ? (JSON.parse(body) as { alerts: Alert[] }).alerts : [];
      for (const alert of alerts) latest.set(alert.fingerprint, alert);
      response.writeHead(authorized ? 202 : 401).end();
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${options.port}`,
    firing: (alertname) =>
      [...latest.values()]
        .filter(({ status, labels }) => status === 'firing' && labels.alertname === alertname)
        .map(({ labels }) => labels),
    forget: () => latest.clear(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
