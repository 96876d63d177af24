import type { ByHand } from '.';
import type { PairConfig } from '../../../../config';
import type { Command } from '../../../../domain/command';
import { quoted } from './shell';

type DeviceCommand = Extract<Command, { kind: 'fenceByDevice' | 'unfenceByDevice' }>;

/** Its agent as a run calls it, by standard input; for bash, which asks for what is secret. */
export function deviceByHand(
  { fenceDevices }: Pick<PairConfig, 'fenceDevices'>,
  { kind, device, site }: DeviceCommand,
): Omit<ByHand, 'says'> {
  const [action, shows] = kind === 'fenceByDevice' ? (['off', 'OFF'] as const) : (['on', 'ON'] as const);
  const agent = fenceDevices?.find(({ name }) => name === device)?.agent;
  if (!agent) {
    const typed = `# switch ${site} ${action} by hand (${device})`;
    return { typed, proof: { typed: `# see for yourself that ${site} is ${action}`, shows: action } };
  }
  const asked = (what: string): string => {
    const lines = [`action=${what}`, ...Object.entries(agent.parameters).map(([key, value]) => `${key}=${value}`)];
    // Typed and read by the shell itself: no command line and no history holds it.
    const secrets = Object.keys(agent.secrets).map((key) => `; read -rs hidden; printf '%s\\n' "${key}=$hidden"`);
    return `(printf '%s\\n' ${lines.map(quoted).join(' ')}${secrets.join('')}) | ${quoted(agent.program)}`;
  };
  return { typed: asked(action), proof: { typed: asked('status'), shows: `Status: ${shows}` } };
}
