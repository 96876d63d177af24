import { approveByCli } from '../demo/decisions';
import { breakTheLink, waitUntilNothingIsGoingOn } from '../demo/incident';
import type { Story } from '../demo/story';
import { goBack } from '../demo/way-back';
import type { Lab } from '../lab';
import { startLabUsers } from './lab-users';
import type { UserPopulation } from './population';
import { marksOfFence, marksOfWayBack } from './run-marks';
import { tellLive } from './telling';
import type { Timeline } from './timeline';

const secondsBefore = 15;
/** From the cut to the heal: people need longer, users feel the same. */
const splitSeconds = 40;
const secondsAfter = 20;
const pauseSpareSeconds = 10;
const warmWithinSeconds = 180;
const answeredWithinSeconds = 60;

export interface Scene {
  lab: Lab;
  story: Story;
  /** Whether worker and webhook run, and people decide; without, nobody does anything. */
  withSitewarden: boolean;
}

/** One incident under users: the cut, forty seconds of split, the heal and what follows. @returns what users felt. */
export async function incidentWithUsers(scene: Scene): Promise<Timeline> {
  const { lab, story, withSitewarden } = scene;
  if (withSitewarden) await Promise.all([lab.worker.start(), lab.webhook.start()]);
  const users = startLabUsers(lab);
  story.tell('Users log in, refresh, log out, revoke, mistype; an administrator writes.');
  await lab.until(() => users.isWell(), { what: 'all of that goes well', withinSeconds: warmWithinSeconds });
  await waitUntilNothingIsGoingOn(lab);
  const since = new Date();
  tellLive(users, (line) => story.tell(`  ${line}`));
  try {
    await pause(lab, secondsBefore);
    await (withSitewarden ? guardedSplit(scene, users) : unguardedSplit(scene, users));
    await pause(lab, secondsAfter);
  } finally {
    await users.stop();
  }
  return users.timeline({ since });
}

async function guardedSplit({ lab, story }: Scene, users: UserPopulation): Promise<void> {
  story.tell('CUT: the link between site-a and site-b is gone.');
  const incident = await breakTheLink(lab, { tell: (milestone) => story.milestone(milestone), atOnce: async () => {} });
  users.mark({ what: 'cut', at: incident.cutAt }, ...marksOfFence(incident));
  await pause(lab, splitSeconds - (Date.now() - incident.cutAt) / 1_000);
  story.tell('HEAL: the link is whole again.');
  const deciders = { synchronize: approveByCli, siteOnline: approveByCli };
  const { healedAt, timeline } = await goBack({ lab, story, deciders, answeredWithinSeconds });
  users.mark({ what: 'healed', at: healedAt }, ...marksOfWayBack(timeline));
}

async function unguardedSplit({ lab, story }: Scene, users: UserPopulation): Promise<void> {
  story.tell('CUT: the link between site-a and site-b is gone. Nobody fences anything.');
  users.mark({ what: 'cut', at: Date.now() });
  await lab.link.cut();
  await pause(lab, splitSeconds);
  story.tell('HEAL: the link is whole again.');
  users.mark({ what: 'healed', at: Date.now() });
  await lab.link.heal();
}

/** Users go on meanwhile. Ends early, with what happened, when a part of the lab crashes or somebody stops it. */
async function pause(lab: Lab, seconds: number): Promise<void> {
  const endsAt = performance.now() + seconds * 1_000;
  const patience = { what: `${seconds} s are over`, withinSeconds: Math.max(seconds, 0) + pauseSpareSeconds };
  await lab.until(() => performance.now() >= endsAt, patience);
}
