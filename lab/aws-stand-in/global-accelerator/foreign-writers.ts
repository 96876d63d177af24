import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { EndpointNow } from '../service';
import type { Accelerators } from './state';

/** Somebody else who wants an endpoint to be so, and sees to it: a controller, an infrastructure tool, a person. */
export interface ForeignWriterSpec {
  /** Its User-Agent in the journal. */
  name: string;
  groupArn: string;
  endpointId: string;
  /** `present` puts it back as it was when the writer came; settings are kept too where they are given. */
  wants: 'present' | 'absent' | { weight?: number; clientIpPreservation?: boolean };
  /** From finding the endpoint otherwise to writing. A refused write is tried again after as long. */
  afterMs: number;
  /** How often it writes; default without end. */
  times?: number;
}

export interface ForeignWriter {
  readonly spec: ForeignWriterSpec;
  /** Writes that took effect. */
  readonly writes: number;
  stop(): void;
}

interface Context {
  accelerators: Accelerators;
  clock: Clock;
  /** Makes a call to Global Accelerator; throws an AwsError. */
  call: (userAgent: string, operation: string, input: Record<string, unknown>) => unknown;
}

type Write = readonly [operation: string, input: Record<string, unknown>];

/** Reconciles one endpoint, again and again, as Terraform and the AWS Load Balancer Controller do. */
class Reconciler implements ForeignWriter {
  writes = 0;
  stopped = false;
  private callOff: (() => void) | undefined;
  private readonly settings: Partial<EndpointNow>;

  constructor(
    readonly spec: ForeignWriterSpec,
    private readonly context: Context,
  ) {
    this.settings = typeof spec.wants === 'object' ? spec.wants : (this.present() ?? {});
  }

  look(): void {
    const done = this.stopped || this.writes >= (this.spec.times ?? Infinity);
    if (done || this.callOff !== undefined || this.due() === undefined) return;
    this.callOff = this.context.clock.after(this.spec.afterMs, () => this.write());
  }

  stop(): void {
    this.stopped = true;
    this.callOff?.();
  }

  private write(): void {
    const due = this.due();
    try {
      if (due !== undefined) {
        this.context.call(this.spec.name, ...due);
        this.writes += 1;
      }
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown;
    }
    this.callOff = undefined;
    this.look();
  }

  /** The call that makes it so; undefined when it is so. */
  private due(): Write | undefined {
    const { groupArn: EndpointGroupArn, endpointId: EndpointId, wants } = this.spec;
    const endpoints = this.endpoints();
    const present = this.present();
    if (endpoints === undefined) return undefined;
    if (wants === 'absent') {
      return present && ['RemoveEndpoints', { EndpointGroupArn, EndpointIdentifiers: [{ EndpointId }] }];
    }
    const wanted = configurationOf({ endpointId: EndpointId, ...this.settings });
    if (present === undefined) return ['AddEndpoints', { EndpointGroupArn, EndpointConfigurations: [wanted] }];
    if (wants === 'present' || isSo(present, wants)) return undefined;
    const others = endpoints.filter(({ endpointId }) => endpointId !== EndpointId).map(configurationOf);
    return ['UpdateEndpointGroup', { EndpointGroupArn, EndpointConfigurations: [...others, wanted] }];
  }

  private endpoints(): readonly EndpointNow[] | undefined {
    return this.context.accelerators.group(this.spec.groupArn)?.group.endpoints;
  }

  private present(): EndpointNow | undefined {
    return this.endpoints()?.find(({ endpointId }) => endpointId === this.spec.endpointId);
  }
}

export class ForeignWriters {
  private all: Reconciler[] = [];

  constructor(private readonly context: Context) {}

  start(spec: ForeignWriterSpec): ForeignWriter {
    const writer = new Reconciler(spec, this.context);
    this.all.push(writer);
    writer.look();
    return writer;
  }

  /** To be called after each change. */
  look(): void {
    for (const writer of this.all) writer.look();
  }

  stopAll(): void {
    for (const writer of this.all) writer.stop();
    this.all = [];
  }

  get specs(): ForeignWriterSpec[] {
    return this.all.filter(({ stopped }) => !stopped).map(({ spec }) => spec);
  }
}

const isSo = (present: EndpointNow, wants: Partial<EndpointNow>) =>
  (wants.weight ?? present.weight) === present.weight &&
  (wants.clientIpPreservation ?? present.clientIpPreservation) === present.clientIpPreservation;

const configurationOf = (endpoint: Partial<EndpointNow>) => ({
  EndpointId: endpoint.endpointId,
  Weight: endpoint.weight,
  ClientIPPreservationEnabled: endpoint.clientIpPreservation,
  AttachmentArn: endpoint.attachmentArn,
});
