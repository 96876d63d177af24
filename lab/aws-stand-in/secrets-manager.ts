import { createHash, randomUUID } from 'node:crypto';
import type { EpochMs } from '../../domain/time';
import { validationException, resourceNotFound } from './aws-error';
import type { Clock } from './clock';
import { MemberReader, type Members } from './members';
import { jsonProtocol } from './protocols/json';
import type { Service } from './service';

export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

interface Version {
  id: string;
  text: string;
  stages: Stage[];
  createdAt: EpochMs;
}

interface Secret {
  arn: string;
  name: string;
  versions: Version[];
}

const parameter = new MemberReader(validationException);
const secretNotFound = () => resourceNotFound("Secrets Manager can't find the specified secret.");

/**
 * Secrets Manager of one account and region: GetSecretValue on the wire; writing and rotating by methods.
 * Stages move as in a rotation (Secrets Manager user guide, "Rotation function"): a new value is pending, then current,
 * and the one that was current is previous.
 */
export class SecretsManager {
  readonly service: Service = {
    name: 'secretsmanager',
    protocol: jsonProtocol('secretsmanager'),
    operations: { GetSecretValue: (input) => this.getSecretValue(input) },
    errors: {
      accessDenied: ['AccessDeniedException', 400],
      throttled: ['ThrottlingException', 400],
      internal: ['InternalServiceError', 500],
      badSignature: ['InvalidSignatureException', 400],
      unknownKey: ['UnrecognizedClientException', 400],
    },
  };
  private readonly secrets: Secret[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly scope: { region: string; account: string },
  ) {}

  /** Creates the secret, or gives it a new current value at once. @returns its ARN and the new version's id. */
  put(name: string, text: string): { arn: string; versionId: string } {
    const secret = this.find(name) ?? this.create(name);
    const version = this.addVersion(secret, text);
    moveCurrentTo(secret, version);
    return { arn: secret.arn, versionId: version.id };
  }

  /** The first half of a rotation: the new value can be read as AWSPENDING, AWSCURRENT is as it was. */
  putPending(name: string, text: string): { versionId: string } {
    const secret = this.get(name);
    unstage(secret, 'AWSPENDING');
    const version = this.addVersion(secret, text);
    version.stages.push('AWSPENDING');
    return { versionId: version.id };
  }

  /** The second half: what is pending is current from now on. */
  promotePending(name: string): void {
    const secret = this.get(name);
    const pending = secret.versions.find(({ stages }) => stages.includes('AWSPENDING'));
    if (pending === undefined) throw new Error(`Secret ${name} has no pending version.`);
    unstage(secret, 'AWSPENDING');
    moveCurrentTo(secret, pending);
  }

  remove(name: string): void {
    this.secrets.splice(this.secrets.indexOf(this.get(name)), 1);
  }

  /** Without the values. */
  snapshot() {
    return this.secrets.map(({ arn, name, versions }) => ({
      arn,
      name,
      versions: versions.map(({ id, stages }) => ({ id, stages: [...stages] })),
    }));
  }

  /** API reference, GetSecretValue: a version by id, by stage, or by both that must agree; AWSCURRENT by default. */
  private getSecretValue(input: Members): object {
    const secret = this.find(parameter.text(input, 'SecretId', { from: 1, to: 2_048 }));
    const versionId = parameter.optionalText(input, 'VersionId', { from: 32, to: 64 });
    const wantedStage = parameter.optionalText(input, 'VersionStage', { from: 1, to: 256 });
    const stage = wantedStage ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
    if (secret === undefined) throw secretNotFound();
    const version = secret.versions.find(
      ({ id, stages }) =>
        (versionId === undefined || id === versionId) && (stage === undefined || stages.some((held) => held === stage)),
    );
    if (version === undefined) {
      const wanted = versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`;
      throw resourceNotFound(`Secrets Manager can't find the specified secret value for ${wanted}`);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.text,
      // A version that no stage leads to has no such member.
      ...(version.stages.length > 0 && { VersionStages: version.stages }),
      CreatedDate: version.createdAt / 1_000,
    };
  }

  private find(nameOrArn: string): Secret | undefined {
    return this.secrets.find(({ arn, name }) => name === nameOrArn || arn === nameOrArn);
  }

  private get(name: string): Secret {
    const secret = this.find(name);
    if (secret === undefined) throw new Error(`No secret ${name}: put it first.`);
    return secret;
  }

  /** A secret's ARN ends in six characters of its own, here always the same for a name. */
  private create(name: string): Secret {
    const { region, account } = this.scope;
    const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
    const secret = { arn: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`, name, versions: [] };
    this.secrets.push(secret);
    return secret;
  }

  private addVersion(secret: Secret, text: string): Version {
    const version: Version = { id: randomUUID(), text, stages: [], createdAt: this.clock.now() };
    secret.versions.push(version);
    return version;
  }
}

function moveCurrentTo(secret: Secret, version: Version): void {
  const current = secret.versions.find(({ stages }) => stages.includes('AWSCURRENT'));
  unstage(secret, 'AWSPREVIOUS');
  unstage(secret, 'AWSCURRENT');
  current?.stages.push('AWSPREVIOUS');
  version.stages.push('AWSCURRENT');
}

function unstage({ versions }: Secret, stage: Stage): void {
  for (const version of versions) version.stages = version.stages.filter((held) => held !== stage);
}
