import { mapping, text } from './fields';

const file = mapping(
  {
    /** Relative to the folder of the configuration. */
    folder: text(/^(?!file:)[^\0]+$/, 'this is no folder', 'Write the folder, as in /var/lib/sitewarden/archive.'),
  },
  'Write file: { folder: /var/lib/sitewarden/archive }.',
);

const s3 = mapping(
  {
    bucket: text(
      /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'this is no name of a bucket',
      'Write 3 to 63 lower-case letters, digits, dots and dashes.',
    ),
    /** Stands before each key; the slash between them is ours. */
    prefix: text(
      /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/,
      'this is no prefix of keys',
      'Write it without a slash at either end, as in sitewarden/reports.',
    ).optional(),
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'this is no AWS region', 'Write it as in eu-west-1.').optional(),
  },
  'Write s3: { bucket: <name> }.',
);

/** Where reports are kept. One of the two; both is a fault of cross-checks.ts. */
export const archive = mapping(
  { file: file.optional(), s3: s3.optional() },
  'Write archive: { file: { folder: /var/lib/sitewarden/archive } } or archive: { s3: { bucket: <name> } }.',
).prefault({ file: { folder: 'sitewarden-archive' } });
