import type { Server, Socket } from 'node:net';

/** The connections of a server over which nobody has shown who he is so far. */
export interface Strangers {
  /** This connection's peer is known: it is no longer counted, and stays. */
  trust(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void;
  /** Ends all that are left, at a shutdown for one: nothing that counts is in progress on them. */
  turnAway(): void;
}

/**
 * Keeps the number of strangers' connections bounded, so that they cannot use up what connections are made of.
 * A new connection is always taken: a limit that refuses it would refuse the genuine one too. Instead the oldest
 * stranger goes. Whoever means it shows who he is with his first bytes, long before so many others have come.
 */
export function boundStrangers(server: Server, options: { most: number; onTurnedAway: () => void }): Strangers {
  const oldestFirst = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    oldestFirst.set(key, socket);
    socket.once('close', () => {
      if (oldestFirst.get(key) === socket) oldestFirst.delete(key);
    });
    const [oldest] = oldestFirst.values();
    if (oldestFirst.size <= options.most || !oldest) return;
    options.onTurnedAway();
    oldestFirst.delete(keyOf(oldest));
    oldest.destroy();
  });
  return {
    trust: (socket) => void oldestFirst.delete(keyOf(socket)),
    turnAway: () => oldestFirst.forEach((socket) => socket.destroy()),
  };
}

/** With TLS a request has another socket object than its connection; the peer's address and port are the same. */
function keyOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}
