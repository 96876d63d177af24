import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof levels)[number];

/** Fields that may carry a secret, at any of the depths that our log lines have. */
const secretFields = [
  'authorization',
  'Authorization',
  'password',
  'token',
  'secret',
  'credentials',
  'bearer',
  'apiKey',
];
const depths = ['', '*.', '*.*.', '*.*.*.', '*.*.*.*.'];
const redactedPaths = depths.flatMap((depth) => secretFields.map((field) => `${depth}${field}`));

/**
 * The logger of one process: JSON lines, fields first, sentence second (`logger.info({ pair }, 'Fenced site-b.')`).
 * Values under the names above are replaced before anything is written; this is the second line of defence,
 * the first is that secrets are not handed to the logger.
 * @param options.process which process speaks: webhook, worker, cli.
 * @param options.destination defaults to standard output; commands whose output is read by others log to standard error.
 */
export function createLogger(options: { process: string; level?: LogLevel; destination?: DestinationStream }): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level ?? 'info',
    base: { process: options.process },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializedError },
    redact: { paths: redactedPaths, censor: '[redacted]' },
  };
  // Synchronous: the last line before a crash is the one that is needed.
  return pino(settings, options.destination ?? pino.destination({ dest: 1, sync: true }));
}

/** pino shows the class of an error as its type; the type that our failures and Temporal's carry says more. */
function serializedError(error: Error): object {
  const failure = (error as { type?: unknown } | undefined)?.type;
  const serialized = pino.stdSerializers.err(error);
  return typeof failure === 'string' ? { ...serialized, type: failure } : serialized;
}

/**
 * The level asked for by a flag, else by $SITEWARDEN_LOG_LEVEL, else `info`.
 * @throws Error naming the levels, when the word is none of them.
 */
export function logLevel(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): LogLevel {
  const asked = flag ?? (env.SITEWARDEN_LOG_LEVEL || 'info');
  const level = levels.find((known) => known === asked.toLowerCase());
  if (!level) throw new Error(`"${asked}" is no log level. Use one of ${levels.join(', ')}.`);
  return level;
}
