import type { AlertPathInput } from './contract/inputs';

/** A record and no work: that it was started is what there is to know, and when. */
export async function hearAlertPath(_input: AlertPathInput): Promise<void> {}
