import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, temporalConnect } from '../../../config';
import { temporaryFolder } from '../../support/temporary-folder';
import { exampleData, exampleFile, exampleText, loaded, noEnvironment, problemsAfter, problemsOf } from './a-config';

describe('sitewarden.example.yaml', () => {
  it('is accepted as it is', () => {
    const config = loadConfig(exampleFile, noEnvironment);

    expect(config.sitePairs.map(({ name }) => name)).toEqual(['keycloak-prod']);
    expect(config.temporal).toEqual({ address: 'localhost:7233', namespace: 'default', taskQueue: 'sitewarden' });
  });

  it('shows every default at its real value', () => {
    const bare = exampleData();
    delete bare.temporal;
    delete bare.worker;
    delete bare.webhook.listen;
    delete bare.archive;
    for (const site of bare.sitePairs[0].sites) delete site.endpoint;
    delete bare.sitePairs[0].sites[0].workload.exec.timeoutSeconds;
    const { policy } = bare.sitePairs[0];
    const { synchronize, siteOnline } = policy.gates;
    const admitStaleSite = { unattributed: policy.gates.admitStaleSite.unattributed };
    delete synchronize.approvals;
    delete siteOnline.reasonRequired;
    bare.sitePairs[0].policy = { preferredSite: 'site-a', gates: { synchronize, siteOnline, admitStaleSite } };

    expect(loaded(bare)).toEqual(loaded(exampleData()));
  });

  it('holds only commented lines that would be accepted too', () => {
    const uncommented = exampleText
      .split('\n')
      .map((line) =>
        line.replace(
          /^(\s+)# (?=(profile|address|bearer|tls|allowPlaintext|arn|attachmentArn|healthCa|status): )/,
          '$1',
        ),
      )
      .join('\n');

    const { problems } = problemsOf(uncommented);

    expect(problems.map(({ path }) => path)).toEqual(['temporal.profile']);
    expect(problems[0]?.what).toContain("Temporal's own configuration cannot be used");
  });
});

describe('the address of the webhook', () => {
  const at = (listen: string, more: object = {}) =>
    problemsAfter((data) => Object.assign(data.webhook, { listen, ...more })).problems.map(({ path }) => path);
  const tls = { certificate: 'file:webhook.pem', key: 'file:webhook.key' };

  it.each(['127.0.0.1:80', '127.9.9.9:80', 'localhost:80', '[::1]:80'])('may be %s, in plain HTTP', (listen) => {
    expect(at(listen)).toEqual([]);
  });

  it.each(['0.0.0.0:80', '[::]:80', '10.1.2.3:80', 'webhook.example:80', '127.0.0.1.example:80'])(
    'may be %s only with TLS, or when it is said that clear text is meant',
    (listen) => {
      expect(at(listen)).toEqual(['webhook.listen']);
      expect(at(listen, { tls })).toEqual([]);
      expect(at(listen, { allowPlaintext: true })).toEqual([]);
    },
  );

  it('has its certificate files beside the configuration', () => {
    const data = exampleData();
    data.webhook.tls = { ...tls, clientCa: 'file:/ca.pem' };

    expect(loaded(data).webhook?.tls).toEqual({
      certificate: 'file:/etc/sitewarden/webhook.pem',
      key: 'file:/etc/sitewarden/webhook.key',
      clientCa: 'file:/ca.pem',
    });
  });
});

describe('finding the file', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = temporaryFolder();
    file = join(folder, 'mine.yaml');
    writeFileSync(file, exampleText.replaceAll('file:/etc/sitewarden/', 'file:'));
  });

  it('takes the named path before the variable', () => {
    expect(() => loadConfig(file, { ...noEnvironment, SITEWARDEN_CONFIG: '/nonexistent' })).not.toThrow();
  });

  it('takes the variable when no path is named', () => {
    expect(() => loadConfig(undefined, { ...noEnvironment, SITEWARDEN_CONFIG: file })).not.toThrow();
  });

  it('names all places when there is no file', () => {
    const missing = () => loadConfig('/nonexistent/x.yaml', noEnvironment);

    expect(missing).toThrow('There is no such file.');
    expect(missing).toThrow('--config, SITEWARDEN_CONFIG, ./sitewarden.yaml, /etc/sitewarden/sitewarden.yaml');
    expect(missing).toThrow('1 problem. Nothing was started.');
  });

  it('says so when the path is a folder', () => {
    expect(() => loadConfig(folder, noEnvironment)).toThrow('The file cannot be read (EISDIR).');
  });

  it('takes relative file references from the folder of the file', () => {
    const { sitePairs } = loadConfig(file, noEnvironment);

    expect(sitePairs[0]?.sites[0].infinispan.ca).toBe(`file:${join(folder, 'infinispan-ca.pem')}`);
  });
});

describe("Temporal's address and namespace", () => {
  const env = { ...noEnvironment, TEMPORAL_ADDRESS: 'env.example:7233', TEMPORAL_NAMESPACE: 'of-env' };

  it('come from TEMPORAL_* variables where the file is silent', () => {
    expect(temporalConnect({}, env)).toMatchObject({ address: 'env.example:7233', namespace: 'of-env' });
  });

  it('come from the file where it speaks', () => {
    const connect = temporalConnect({ address: 'file.example:7233' }, env);

    expect(connect).toMatchObject({ address: 'file.example:7233', namespace: 'of-env' });
    expect(connect.connectionOptions.address).toBe('file.example:7233');
  });

  it('come with the API key, which the configuration itself never holds', () => {
    const withKey = { ...env, TEMPORAL_API_KEY: 'canary-key' };

    expect(temporalConnect({}, withKey).connectionOptions).toMatchObject({ apiKey: 'canary-key', tls: true });
    expect(JSON.stringify(loadConfig(exampleFile, withKey))).not.toContain('canary-key');
  });

  it('are refused in the form of a URL', () => {
    const { problems } = problemsAfter((data) => (data.temporal.address = 'http://temporal:7233'));

    expect(problems).toMatchObject([{ path: 'temporal.address', line: 4 }]);
  });
});
