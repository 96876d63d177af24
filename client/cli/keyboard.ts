import { createInterface } from 'node:readline';

/** What a person at a terminal types. */
export interface Keyboard {
  /** Tells each key that is pressed, without Enter and unseen, until the returned function is called. Ctrl-C is a key, too. */
  listen(pressed: (key: string) => void): () => void;
  /** A line as it is typed; `undefined` when the person gives up (Ctrl-C, Ctrl-D). Not while it listens. */
  ask(question: string): Promise<string | undefined>;
}

/** That of this process, where a person sits at one. */
export function realKeyboard(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Keyboard | undefined {
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  return {
    listen: (pressed) => {
      const each = (typed: Buffer): void => [...typed.toString('utf8')].forEach(pressed);
      stdin.setRawMode(true).on('data', each).resume();
      return () => void stdin.off('data', each).pause().setRawMode(false);
    },
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stdout });
      try {
        const typed = await new Promise<string | undefined>((resolve) => {
          lines.once('SIGINT', () => lines.close()).once('close', () => resolve(undefined));
          lines.question(question, resolve);
        });
        if (typed === undefined) stdout.write('\n');
        return typed;
      } finally {
        lines.close();
      }
    },
  };
}
