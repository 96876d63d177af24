import { toSitePair } from '../../../config';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderDevices } from '../rendering/devices';
import type { Session } from '../session';
import { look } from './observe';

/** Asks every fence device of a pair what it says, and whether it could do its work. Changes nothing, and starts no run. */
export async function devices(session: Session, name: string): Promise<ExitCode> {
  const pair = toSitePair(session.pair(name));
  const { output } = session;
  if (!pair.fencing) {
    const says = `${name} has no fence devices: Global Accelerator alone fences its sites (docs/fence-devices.md).`;
    output.answer(says, { pair: name, devices: {}, findings: [] });
    return exitCodes.done;
  }
  return session.withRuns(async ({ runs }) => {
    const { devices: reports = {} } = await look(runs, { pair: name, patient: true });
    const { text, findings } = renderDevices({ pair, reports, colours: output.colours });
    output.answer(text, { pair: name, levels: pair.fencing, devices: reports, findings });
    return findings.length > 0 ? exitCodes.refused : exitCodes.done;
  });
}
