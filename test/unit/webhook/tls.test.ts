import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type Server, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { makeCertificates, type Certificates } from '../../../lab/certificates';
import { until } from '../../../lab/until';
import { createLogger } from '../../../runtime/logging';
import { followCertificate, readServerCertificate, type CertificateFiles } from '../../../runtime/server-certificate';
import { temporaryFolder } from '../../support/temporary-folder';
import { aWebhook } from './a-webhook';
import { firingText } from './captured-bodies';
import { headOf } from './listening';

describe('the webhook over TLS', () => {
  let folder: string;
  let ours: Certificates;
  let others: Certificates;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    folder = temporaryFolder();
    ours = await makeCertificates(join(folder, 'ours'), ['webhook', 'next', 'alertmanager']);
    others = await makeCertificates(join(folder, 'others'), ['stranger']);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const fileOf = (name: string): string => ours.serverFile[name] ?? '';

  /** A webhook with a copy of the certificate's file, which a test may change. */
  async function served(options: { clientCa?: string } = {}) {
    const own = join(temporaryFolder(), 'webhook.pem');
    copyFileSync(fileOf('webhook'), own);
    const files: CertificateFiles = { certificate: own, key: own, ...options };
    const certificate = await readServerCertificate(files);
    const webhook = aWebhook({ certificate, clientCertificates: options.clientCa !== undefined });
    await webhook.server.listen({ host: '127.0.0.1', port: 0 });
    closers.push(() => webhook.server.close());
    const { port } = webhook.server.server.address() as AddressInfo;
    return { ...webhook, files, certificate, port };
  }

  async function connected(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', ca: readFileSync(ours.caFile), ...options });
    closers.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  }

  /** Sends an alert over the connection. @returns the status of the answer. */
  async function alertOver(socket: TLSSocket, path = '/alerts'): Promise<string> {
    let received = '';
    const read = (text: Buffer) => (received += text.toString());
    socket.on('data', read);
    socket.write((headOf(Buffer.byteLength(firingText)) + firingText).replace('/alerts', path));
    await until(() => received.includes('\r\n\r\n'), { what: 'an answer', withinSeconds: 10, everyMs: 5 });
    socket.off('data', read);
    return received.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3);
  }

  const withCertificate = (file: string): ConnectionOptions => ({ cert: readFileSync(file), key: readFileSync(file) });

  it('takes alerts of clients that trust its CA, and speaks nothing older than TLS 1.2', async () => {
    const { port, intake } = await served();

    const status = await alertOver(await connected(port));

    expect(status).toBe('202');
    expect(intake.heard).toHaveLength(1);
    await expect(connected(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  });

  it('ends a handshake that is never finished', async () => {
    const certificate = await readServerCertificate({ certificate: fileOf('webhook'), key: fileOf('webhook') });
    const webhook = aWebhook({ certificate, bounds: { handshakeMs: 100 } });
    await webhook.server.listen({ host: '127.0.0.1', port: 0 });
    closers.push(() => webhook.server.close());
    const { port } = webhook.server.server.address() as AddressInfo;
    const { connect: plain } = await import('node:net');
    const socket = plain(port, '127.0.0.1').on('error', () => undefined);

    await once(socket.resume(), 'close');

    expect((await webhook.server.inject('/healthz')).statusCode).toBe(200);
  });

  describe('with a client CA', () => {
    it('takes alerts only with a certificate of it, and the credentials beside it', async () => {
      const { port, intake, metric } = await served({ clientCa: ours.caFile });

      const statuses = [
        await alertOver(await connected(port, withCertificate(fileOf('alertmanager')))),
        await alertOver(await connected(port)),
        await alertOver(await connected(port, withCertificate(others.serverFile['stranger'] ?? ''))),
      ];

      expect(statuses).toEqual(['202', '403', '403']);
      expect(intake.heard).toHaveLength(1);
      expect(await metric('rejected_requests_total', { reason: 'ClientCertificateMissing' })).toBe(2);
    });

    it.each([
      ['without a certificate', undefined],
      ['with one of another CA', 'stranger'],
    ])('lets nobody in who resumes a session that was begun %s', async (_name, client) => {
      const { port, intake } = await served({ clientCa: ours.caFile });
      const mine = client === undefined ? {} : withCertificate(others.serverFile[client] ?? '');
      const first = await connected(port, mine);
      const ticket = once(first, 'session') as Promise<[Buffer]>;
      await alertOver(first);
      const [session] = await ticket;

      const second = await connected(port, { ...mine, session });

      expect(second.isSessionReused()).toBe(true);
      expect(await alertOver(second)).toBe('403');
      expect(intake.heard).toEqual([]);
    });

    it('lets one in who resumes a session that was begun with a certificate of it', async () => {
      const { port } = await served({ clientCa: ours.caFile });
      const first = await connected(port, withCertificate(fileOf('alertmanager')));
      const ticket = once(first, 'session') as Promise<[Buffer]>;
      await alertOver(first);
      const [session] = await ticket;

      const second = await connected(port, { ...withCertificate(fileOf('alertmanager')), session });

      expect(await alertOver(second)).toBe('202');
    });

    it('answers probes without one: what asks them has no certificates', async () => {
      const { port, server } = await served({ clientCa: ours.caFile });
      const socket = await connected(port);
      socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');

      const [answer] = (await once(socket, 'data')) as [Buffer];

      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
      expect(server.server.listening).toBe(true);
    });
  });

  describe('when the files change', () => {
    async function followed() {
      const webhook = await served({ clientCa: ours.caFile });
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const { look, stop } = followCertificate({
        server: webhook.server.server as unknown as Server,
        files: webhook.files,
        inForce: webhook.certificate,
        logger: createLogger({ process: 'webhook', destination }),
      });
      closers.push(stop);
      return { ...webhook, look, followLog: lines };
    }
    const nameShown = (socket: TLSSocket): string => String(socket.getPeerCertificate().subject.CN);

    it('shows the new certificate to new connections, keeps those that are open, and goes on to ask for clients’', async () => {
      const { port, files, look } = await followed();
      const open = await connected(port, withCertificate(fileOf('alertmanager')));

      copyFileSync(fileOf('next'), files.certificate);
      await look();
      const later = await connected(port, withCertificate(fileOf('alertmanager')));

      expect([nameShown(open), nameShown(later)]).toEqual(['webhook', 'next']);
      expect([await alertOver(open), await alertOver(later)]).toEqual(['202', '202']);
      expect(await alertOver(await connected(port))).toBe('403');
    });

    it.each([
      ['half-written', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 300))],
      ['gone', (file: string) => rmSync(file)],
      ['empty', (file: string) => writeFileSync(file, '')],
      ['the key of another one', (file: string) => writeFileSync(file, mixed())],
    ])(
      'keeps the certificate before when the file is %s, says so once, and takes the next good one',
      async (_name, spoil) => {
        const { port, files, look, followLog } = await followed();

        spoil(files.certificate);
        await look();
        await look();
        const meanwhile = nameShown(await connected(port));
        copyFileSync(fileOf('next'), files.certificate);
        await look();

        expect(meanwhile).toBe('webhook');
        expect(followLog.filter((line) => line.includes('stays in force'))).toHaveLength(1);
        expect(followLog.join('')).not.toContain('PRIVATE KEY');
        expect(nameShown(await connected(port))).toBe('next');
      },
    );

    const mixed = (): string => {
      const [certificate, key] = [readFileSync(fileOf('webhook'), 'utf8'), readFileSync(fileOf('next'), 'utf8')];
      return key.slice(0, key.indexOf('-----BEGIN CERT')) + certificate.slice(certificate.indexOf('-----BEGIN CERT'));
    };
  });

  it.each([
    [
      'a certificate that is not there',
      { certificate: '/nowhere.pem' },
      'The file /nowhere.pem cannot be read (ENOENT).',
    ],
    ['a certificate that is none', { certificate: __filename }, `The file ${__filename} holds no PEM certificate.`],
    ['a client CA that is none', { clientCa: __filename }, `The file ${__filename} holds no PEM certificate.`],
  ])('refuses %s in one sentence', async (_name, change, sentence) => {
    const files = { certificate: fileOf('webhook'), key: fileOf('webhook'), ...change };

    await expect(readServerCertificate(files)).rejects.toThrow(sentence);
  });

  it('refuses a key that belongs to another certificate', async () => {
    const files = { certificate: fileOf('webhook'), key: fileOf('next') };

    await expect(readServerCertificate(files)).rejects.toThrow('they do not belong together');
  });
});
