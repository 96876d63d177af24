import { lengthInSeconds } from '../domain/time';
import type { CrossFault } from './cross-checks';
import { isPlainHttp, isRecord, isText, record, type Loose } from './loose';
import type { Path } from './read-yaml';

/** Gates at which a run goes on by itself unless the file says otherwise; gates-schema.ts has their values. */
const byThemselves = ['fence', 'fenceDiverging', 'siteOffline'];

/** What the settings of one pair's gates say about each other, and about the rest of the file. */
export function gateFaults(root: Loose, pair: Loose, path: Path): CrossFault[] {
  const gates = record(record(pair.policy).gates);
  return Object.entries(gates).flatMap(([name, gate]) => {
    if (!isRecord(gate)) return [];
    const at = [...path, 'policy', 'gates', name];
    const fault = gateFault(name, gate, at)[0] ?? unprovableFault(root, gate, at)[0];
    return [...(fault ? [fault] : []), ...lateReminderFault(gate, at)];
  });
}

/** Without an API nobody's identity is proved, so that nobody could ever answer. */
function unprovableFault(root: Loose, gate: Loose, path: Path): CrossFault[] {
  const key = 'from' in gate ? 'from' : gate.unattributed === 'refuse' ? 'unattributed' : undefined;
  if (key === undefined || 'api' in root || 'apiClient' in root) return [];
  return [
    {
      path: [...path, key],
      what: 'nobody could answer at this gate: only the API proves who decides, and this file names none',
      instead: `Add api (where it is served) or apiClient (where it is used), or leave ${key} out.`,
    },
  ];
}

/** Each plan is asked anew when it expires, and the wait for the reminder begins again. */
function lateReminderFault({ remind, expires }: Loose, path: Path): CrossFault[] {
  const [every, until] = [remind, expires].map((length) => (isText(length) ? lengthInSeconds(length) : undefined));
  if (every === undefined || until === undefined || every <= until) return [];
  return [
    {
      path: [...path, 'remind'],
      what: `the plan expires (after ${String(expires)}) before the first reminder`,
      instead: 'Write a shorter remind than expires, or leave one of them out.',
    },
  ];
}

function gateFault(name: string, gate: Loose, path: Path): CrossFault[] {
  const approvals = gate.approvals ?? (byThemselves.includes(name) ? 0 : 1);
  const idle =
    ['from', 'expires', 'remind'].find((key) => key in gate) ?? (gate.notRequester === true && 'notRequester');
  if (approvals === 0 && idle) {
    return [
      {
        path: [...path, idle],
        what: 'nobody is asked at this gate, since its approvals are 0',
        instead: `Write approvals: 1 beside it, or leave ${idle} out.`,
      },
    ];
  }
  if ('from' in gate && gate.unattributed === 'accept') {
    return [
      {
        path: [...path, 'unattributed'],
        what: 'this contradicts from: whose author nobody has proved is in no group',
        instead: 'Write refuse, leave unattributed out, or leave from out.',
      },
    ];
  }
  return [];
}

/** A site's application has one way to be stopped and started. */
export function workloadFaults(site: Loose, path: Path): CrossFault[] {
  const { workload } = site;
  if (!isRecord(workload)) return [];
  const ways = ['exec', 'keycloak', 'manual'].filter((way) => way in workload);
  const severalWays = {
    path: [...path, 'workload'],
    what: ways.includes('manual') ? 'there are both commands and a person' : 'there are two sets of commands',
    instead:
      'Write exec: { stop, start } where commands do it, keycloak: { ... } where they stop and start a Keycloak, or manual where a person does.',
  };
  return [
    ...(ways.length > 1 ? [severalWays] : []),
    ...keycloakTransportFaults(workload.keycloak, [...path, 'workload', 'keycloak']),
  ];
}

function keycloakTransportFaults(keycloak: unknown, path: Path): CrossFault[] {
  if (!isRecord(keycloak)) return [];
  const { lbCheck, ca, allowPlaintext } = keycloak;
  const { url } = record(keycloak.admin);
  const faults: CrossFault[] = [];
  if (isPlainHttp(url) && allowPlaintext !== true)
    faults.push({
      path: [...path, 'admin', 'url'],
      what: "this sends the client's secret in clear text",
      instead: 'Use https, or set allowPlaintext: true for a lab.',
    });
  if (ca !== undefined && isPlainHttp(url) && isPlainHttp(lbCheck))
    faults.push({
      path: [...path, 'ca'],
      what: 'a CA has no use for URLs that are not https',
      instead: 'Use https, or leave the ca out.',
    });
  return faults;
}

export function archiveFaults(root: Loose): CrossFault[] {
  const { archive } = root;
  if (!isRecord(archive) || 'file' in archive !== 's3' in archive) return [];
  return [
    {
      path: ['archive'],
      what: 'file' in archive ? 'there are two places' : 'there is no place',
      instead:
        'Write either file: { folder: <folder> } or s3: { bucket: <name> }; without archive it is a folder beside this file.',
    },
  ];
}
