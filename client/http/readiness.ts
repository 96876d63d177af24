export interface ReadinessOptions {
  credentials: { ready(): Promise<boolean> };
  /** Whether Temporal answers, bounded in time. Never fails. */
  temporalAnswers: () => Promise<boolean>;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** However many probes come, Temporal is asked so often at most. */
const askedEveryMs = 1_000;

/** @returns a function that says what a request would wait for now; nothing when requests are taken. */
export function readiness({ credentials, temporalAnswers, now }: ReadinessOptions): () => Promise<string[]> {
  let asked: { at: number; answers: Promise<boolean> } | undefined;
  const temporal = (): Promise<boolean> => {
    if (!asked || now() - asked.at >= askedEveryMs) asked = { at: now(), answers: temporalAnswers() };
    return asked.answers;
  };
  return async () => {
    const [answers, secrets] = await Promise.all([temporal(), credentials.ready()]);
    return [...(answers ? [] : ['Temporal does not answer']), ...(secrets ? [] : ['our credentials cannot be read'])];
  };
}
