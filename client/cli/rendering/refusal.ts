import { nextAfter } from '../../refusal-next';

/** A refusal, and on a line of its own the next step, where the run's sentence names no command itself. */
export function sayRefusal(who: string, { code, message }: { code: string; message: string }, pair: string): string {
  const said = `${who}: ${code}: ${message}`;
  return message.includes('sitewarden ') ? said : `${said}\n${nextAfter(code, pair)}`;
}
