import { oneLine } from '../../../domain/one-line';
import { searchAttributeNames } from '../../../workflows/contract/search-attributes';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { SearchAttributeRegistry } from '../search-attribute-registry';
import type { Session } from '../session';
import { grpcFailure, Trouble } from '../trouble';

const wantedType = 'Keyword';
/** A namespace's change reaches every server of a cluster within seconds. */
const readsUntilSeen = 10;

/** Registers what runs are found by in Temporal, and reads it back. A repeat changes nothing. */
export async function setup(session: Session): Promise<ExitCode> {
  const { output, surroundings } = session;
  return session.withTemporal(async ({ namespace, searchAttributes }) => {
    const before = await refusable(() => searchAttributes.registered());
    assertTypes(before);
    const missing = absentFrom(before);
    if (missing.length > 0) {
      await refusable(() => searchAttributes.addKeywords(missing));
      await untilRegistered(searchAttributes, surroundings.clock.pause);
    }
    const present = searchAttributeNames.filter((name) => !missing.includes(name));
    const said = [
      ...(missing.length > 0 ? [`Registered search attributes in namespace ${namespace}: ${missing.join(', ')}.`] : []),
      ...(present.length > 0 ? [`Already registered in namespace ${namespace}: ${present.join(', ')}.`] : []),
    ];
    output.answer(said.join('\n'), { namespace, registered: missing, alreadyRegistered: present });
    return exitCodes.done;
  });
}

type Registered = Readonly<Record<string, string>>;

function absentFrom(registered: Registered): readonly string[] {
  return searchAttributeNames.filter((name) => registered[name] === undefined);
}

function assertTypes(registered: Registered): void {
  for (const name of searchAttributeNames) {
    const type = registered[name] ?? wantedType;
    if (type === wantedType) continue;
    throw new Trouble(
      exitCodes.refused,
      `The search attribute ${name} exists with type ${type}; it has to be ${wantedType}.`,
      `Remove it if nobody needs it: temporal operator search-attribute remove --name ${name}. Runs work without it.`,
    );
  }
}

async function untilRegistered(registry: SearchAttributeRegistry, pause: (ms: number) => Promise<unknown>) {
  for (let read = 1; ; read += 1) {
    const missing = absentFrom(await registry.registered());
    if (missing.length === 0) return;
    if (read === readsUntilSeen) {
      throw new Trouble(
        exitCodes.notFinished,
        `The server accepted the search attributes, but does not list ${missing.join(', ')} yet.`,
        'Run sitewarden setup again in a minute; it changes nothing that is there.',
      );
    }
    await pause(1_000);
  }
}

/** Says a server's no as one. That it cannot be reached is told elsewhere. */
async function refusable<T>(ask: () => Promise<T>): Promise<T> {
  const saysNo: readonly (number | undefined)[] = [3, 7, 8, 9, 12, 16];
  try {
    return await ask();
  } catch (error) {
    const failure = grpcFailure(error);
    if (!saysNo.includes(failure?.code)) throw error;
    throw new Trouble(
      exitCodes.refused,
      `The server does not let us register search attributes (${oneLine(failure?.details ?? 'no reason given')}).`,
      `Ask its administrator for these, of type ${wantedType}: ${searchAttributeNames.join(', ')}. Runs work without them; they are only harder to find.`,
      { cause: error },
    );
  }
}
