import { z } from 'zod';
import { command, fileReference, httpUrl, mapping, say, text, wholeNumber } from './fields';

const address = text(
  /^(?!-)[\w:.%-]{1,253}$/,
  'this is no IP address and no host name',
  'Write an address that answers a ping as long as the network is whole, as in 10.0.0.1 or 2001:db8::1.',
);

/** How a process finds out whether the place where it stands is cut off. */
export const network = mapping(
  {
    addresses: z
      .array(address, { error: say('this must be a list of addresses', 'Write addresses: [10.0.0.1, "2001:db8::1"].') })
      .default([]),
    urls: z
      .array(httpUrl('Write a URL that answers below 400 as long as the network is whole.'), {
        error: say('this must be a list of URLs', 'Write urls: [https://witness.example/up].'),
      })
      .default([]),
    ca: fileReference('Write ca: file:/etc/sitewarden/ca.pem (PEM), or leave it out.').optional(),
    /** Interface through which it is asked. */
    nic: text(
      /^(?!-)[\w.@-]{1,40}$/,
      'this is no name of an interface',
      'Write it as in eth0, or leave it out.',
    ).optional(),
    periodSeconds: wholeNumber({ min: 1, max: 3600 }, 'Write how often it is asked, as in 5.').default(5),
    /** For one target; all are asked at once. */
    timeoutMs: wholeNumber({ min: 50, max: 60_000 }, 'Write how long a target may take, as in 1000.').default(1_000),
    /** So many in a row settle it, either way. */
    rounds: wholeNumber({ min: 1, max: 100 }, 'Write how many rounds in a row settle it, as in 3.').default(3),
    ping: command('ping: [ping, -c, "1", -W, "{timeoutSeconds}", "{address}"]').optional(),
    ping6: command('ping6: [ping, "-6", -c, "1", -W, "{timeoutSeconds}", "{address}"]').optional(),
  },
  'Write network: { addresses: [10.0.0.1], urls: [https://witness.example/up] }.',
);

export type NetworkConfig = z.output<typeof network>;
