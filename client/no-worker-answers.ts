/**
 * No worker took up the message in time. `recorded`: it is kept for the next worker for certain. Otherwise the next worker
 * may still be given it: Temporal goes on holding an update that its sender no longer waits for.
 */
export class NoWorkerAnswers extends Error {
  override readonly name = 'NoWorkerAnswers';
  constructor(readonly recorded: boolean) {
    super(
      recorded
        ? 'The request is recorded, and nobody is working: start a worker.'
        : 'No worker answers, and it is not known whether the next one will be given the message: look at the status.',
    );
  }
}
