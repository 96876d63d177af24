import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { DeviceState } from '../../domain/observation';
import type { SiteName } from '../../domain/site-pair';
import type { FenceDeviceGateway, Sending } from '../../gateways/ports';

/** How a device misbehaves, until it is told otherwise. */
export type DeviceManner = 'refuses' | 'hasNoEffect' | 'timesOut' | 'cannotTell' | 'hangs';

/** What cuts a site off, without a program. */
export class FakeFenceDevice implements FenceDeviceGateway {
  manner?: DeviceManner;
  faults: string[] = [];
  /** Ids of the commands that took effect, in their order. */
  readonly offs: string[] = [];
  readonly ons: string[] = [];
  private state: DeviceState = 'on';

  constructor(
    readonly site: SiteName,
    private readonly tell: (on: boolean) => void = () => undefined,
    private readonly clock: () => number = Date.now,
  ) {}

  /** As somebody switches it who is not us. */
  switchTo(state: DeviceState): void {
    if (state !== this.state) this.tell(state === 'on');
    this.state = state;
  }

  async readState(signal: AbortSignal) {
    if (signal.aborted || this.manner === 'timesOut') throw failure('FenceDeviceTimedOut');
    if (this.manner === 'cannotTell') throw failure('FenceDeviceFailed');
    return { state: this.state, at: this.clock() };
  }

  off = (sending: Sending): Promise<string> => this.change('off', sending);
  on = (sending: Sending): Promise<string> => this.change('on', sending);

  async check(signal: AbortSignal) {
    await this.readState(signal);
    return { faults: this.faults, said: '' };
  }

  private async change(state: DeviceState, { commandId, signal }: Sending): Promise<string> {
    if (signal.aborted || this.manner === 'timesOut') throw failure('FenceDeviceTimedOut');
    if (this.manner === 'refuses' || this.manner === 'cannotTell') throw failure('FenceDeviceFailed');
    if (this.manner === 'hasNoEffect') throw failure('FenceDeviceNotConfirmed');
    if (this.manner === 'hangs') await new Promise((_, reject) => signal.addEventListener('abort', reject));
    this.switchTo(state);
    (state === 'off' ? this.offs : this.ons).push(commandId);
    return `says that ${this.site} is ${state}`;
  }
}

function failure(type: FailureType): OperatingFailure {
  return new OperatingFailure(type, 'as the test asked', { retryable: true });
}
