import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import type { NetworkProbe } from '../../domain/isolation';
import type { PingCommand } from '.';

export interface PingCall {
  /** Where its command stands in the configuration, or would. */
  key: string;
  command: PingCommand;
  address: string;
  nic?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** What a ping may take beyond the time that it was given: its own start. */
const startMs = 1_000;

/** Of Node's own: we ended it. Every other code is an error of its start, which says nothing of the network (execve(2), fork(2)). */
const aborted = 'ABORT_ERR';
const printsTooMuch = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
/** What iputils' and BusyBox' ping print without the right to their socket, and with a wrong option. */
const noRight = /operation not permitted|permission denied|cap_net_raw|lacking privilege/i;
const noFamily = /address family not supported/i;
const misused = /invalid option|unrecognized option|usage:|invalid argument: /i;

type Obstacle = 'missing' | 'noRight' | 'noFamily' | 'misused' | 'notStarted' | 'crashed';
interface PingEnd {
  answered: boolean;
  obstacle?: Obstacle;
  /** It did not end by itself. */
  late?: boolean;
  /** Last line of what it said, or the error of its start. */
  said: string;
}

/** Asks one address once. Never fails. */
export async function pingProbe(call: PingCall): Promise<NetworkProbe> {
  const { answered, obstacle, said } = await run(call);
  if (answered) return { target: call.address, outcome: 'reached' };
  return { target: call.address, outcome: obstacle ? 'notCarriedOut' : 'silent', says: said };
}

/** Why this command cannot ping from here, with what to do; what the address answers is of no interest. */
export async function pingObstacle(call: PingCall): Promise<string | undefined> {
  const { key } = call;
  const [program] = call.command;
  const { obstacle, said, late } = await run(call);
  switch (obstacle) {
    case undefined:
      // A name may take longer, where the network is away.
      return late && isIP(call.address) !== 0
        ? `"${program}" does not end by itself, so that its answer would never be heard: have it ask once, and no longer than {timeoutSeconds}, under ${key} (as in -c 1 -W {timeoutSeconds}).`
        : undefined;
    case 'missing':
      return `The program "${program}" is missing, so that no address can be asked: install it (Debian: apt-get install iputils-ping), name another one under ${key}, or write urls in the place of addresses.`;
    case 'noRight':
      return `"${program}" has no right to ping (${said}): run setcap cap_net_raw+p on it, or allow our group by the sysctl net.ipv4.ping_group_range, or write urls in the place of addresses.`;
    case 'noFamily':
      return `This machine cannot ask ${call.address} (${said}): enable IPv6 here, or leave the address out.`;
    case 'misused':
      return `"${program}" does not understand how it is called (${said}): write the command under ${key} as this ping wants it.`;
    case 'notStarted':
      return `"${program}" could not be started (${said}): look at this machine's memory and limits.`;
    case 'crashed':
      return `"${program}" was ended by ${said}: install it anew, or name another one under ${key}.`;
  }
}

function run({ command, address, nic = '', timeoutMs, signal }: PingCall): Promise<PingEnd> {
  const timeoutSeconds = String(Math.max(1, Math.ceil(timeoutMs / 1_000)));
  const values: Readonly<Record<string, string>> = { address, nic, timeoutSeconds };
  const [program, ...rest] = command;
  const filled = rest.map((part) =>
    part.replace(/\{(address|nic|timeoutSeconds)\}/g, (_all, name: string) => values[name] ?? ''),
  );
  const options = {
    shell: false,
    timeout: timeoutMs + startMs,
    killSignal: 'SIGKILL',
    maxBuffer: 65_536,
    signal,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  } as const;
  return new Promise((resolve) => {
    try {
      execFile(program, filled, options, (error, stdout, stderr) =>
        resolve(error ? failed(error, `${stdout}\n${stderr}`) : { answered: true, said: '' }),
      );
    } catch (error) {
      resolve(failed(error as Error, ''));
    }
  });
}

function failed(error: Error, printed: string): PingEnd {
  const { code, killed, signal } = error as { code?: unknown; killed?: boolean; signal?: NodeJS.Signals | null };
  const lines = printed.split('\n').map((line) => line.trim().slice(0, 200));
  const found = (obstacle: Obstacle, said: string): PingEnd => ({ answered: false, obstacle, said });
  if (code === printsTooMuch) return found('misused', 'it prints without end');
  if (typeof code === 'string' && code !== aborted) return found(obstacleOf(code), code);
  if (signal && !killed) return found('crashed', signal);
  const [withoutRight, withoutFamily, misread] = [noRight, noFamily, misused].map((pattern) =>
    lines.find((line) => pattern.test(line)),
  );
  if (withoutRight !== undefined) return found('noRight', withoutRight);
  if (withoutFamily !== undefined) return found('noFamily', withoutFamily);
  if (misread !== undefined) return found('misused', misread);
  const last = lines.findLast((line) => line !== '') ?? 'it said nothing';
  // A wrapper's shell, of the program that it was to run (POSIX, "Exit Status for Commands").
  if (code === 126 || code === 127) return found(code === 127 ? 'missing' : 'noRight', last);
  return killed ? { answered: false, late: true, said: 'no answer in time' } : { answered: false, said: last };
}

function obstacleOf(code: string): Obstacle {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  return code === 'EACCES' ? 'noRight' : 'notStarted';
}
