import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab';
import { startLabUsers } from '../users/lab-users';
import { markdownTable } from '../users/markdown';
import { marksOfFence, marksOfWayBack } from '../users/run-marks';
import { drawnAsSvg } from '../users/svg';
import { tellLive } from '../users/telling';
import { drawnForTerminal } from '../users/terminal';
import type { Incident } from './incident';
import type { Story } from './story';
import type { WayBack } from './way-back';

const warmWithinSeconds = 180;
/** What went well before the cut is shown too, and no more of it. */
const secondsBefore = 10;

/** What users of Keycloak feel of the demo's incident. */
export interface UsersScene {
  fenced(incident: Incident): void;
  returned(wayBack: WayBack): void;
  goHome(): Promise<void>;
  /** Draws what they felt, here and as an SVG beside the archived report. */
  show(): void;
}

/** Users at work through the accelerator, told of in one line every few seconds; returns when all goes well for them. */
export async function usersScene(lab: Lab, story: Story): Promise<UsersScene> {
  const users = startLabUsers(lab);
  story.tell('Users log in by browser and password, refresh, log out, revoke, mistype; an administrator writes.');
  await lab.until(() => users.isWell(), { what: 'all of that goes well', withinSeconds: warmWithinSeconds });
  tellLive(users, (line) => story.tell(`      ${line}`));
  let cutAt = Date.now();
  return {
    fenced(incident) {
      ({ cutAt } = incident);
      users.mark({ what: 'cut', at: cutAt }, ...marksOfFence(incident));
    },
    returned({ healedAt, timeline }) {
      users.mark({ what: 'healed', at: healedAt }, ...marksOfWayBack(timeline));
    },
    goHome: () => users.stop(),
    show() {
      const timeline = users.timeline({ since: new Date(cutAt - secondsBefore * 1_000) });
      console.log(`\n${drawnForTerminal(timeline)}\n\n${markdownTable(timeline)}\n`);
      const file = join(lab.archiveFolder, 'what-users-felt.svg');
      writeFileSync(file, drawnAsSvg(timeline, 'What users felt'));
      story.tell(`The same as a drawing: ${file}`);
    },
  };
}
