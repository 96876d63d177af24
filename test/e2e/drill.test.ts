/** A drill against real sites, and then the incident itself: it does what the drill said. AWS is the stand-in. */
import type { Drill } from '../../domain/drill/drill';
import { labSites } from '../../lab/sites';
import { labPair } from '../../lab/sitewarden-config';
import { IncidentLab } from '../support/incident-lab';
import { WayBack } from '../support/way-back';

describe('a drill, on real parts', () => {
  let day: IncidentLab;
  let wayBack: WayBack;
  beforeAll(async () => {
    day = await IncidentLab.start({ policy: { soakSeconds: 2 } });
    wayBack = new WayBack(day);
    await Promise.all([day.lab.worker.start(), day.lab.webhook.start(), day.lab.api.start()]);
  });
  afterAll(() => day?.close());

  /** In the order in which they were asked for. */
  async function commandsOfTheRun(): Promise<string[]> {
    const { events } = await day.temporal.workflow.getHandle(day.workflowId).fetchHistory();
    return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
  }

  const changes = ['AddEndpoints', 'RemoveEndpoints', 'UpdateEndpointGroup'];

  it('reads everything that the way back looks at, changes nothing, and is what then happens', async () => {
    const ran = await day.lab.cli('drill', labPair, '--json');
    const [incident, ...others] = (JSON.parse(ran.stdout) as Drill).incidents;
    const backups = [...(await wayBack.backups('site-a')), ...(await wayBack.backups('site-b'))];
    const said: readonly string[] = (incident?.steps ?? []).flatMap(({ next }) =>
      next.kind === 'do' ? [next.command.kind] : [],
    );

    expect(ran.exitCode).toBe(0);
    expect([incident?.ends, others]).toEqual(['finished', []]);
    expect(new Set(backups)).toEqual(new Set(['online']));
    expect(changes.flatMap((operation) => day.callsSince(0, operation))).toEqual([]);
    expect([day.endpointSites(), await day.status()]).toEqual([[...labSites], undefined]);
    expect(labSites.every((site) => day.lab.applications[site].isRunning)).toBe(true);

    await day.lab.link.cut();
    const { roles } = await day.untilFenced();
    await day.lab.link.heal();
    await wayBack.approveByCli(await wayBack.untilAsked('synchronize'));
    await wayBack.approveByCli(await wayBack.untilAsked('siteOnline'));
    const { outcome } = await wayBack.untilEnded();
    const done = (await commandsOfTheRun()).filter((kind) => said.includes(kind));

    expect(roles).toMatchObject({ keepSite: incident?.roles?.keepSite, staleSite: incident?.roles?.staleSite });
    expect(incident?.steps.at(-1)?.next).toMatchObject({ kind: 'finish', outcome });
    expect(done).toEqual(said);
  });
});
