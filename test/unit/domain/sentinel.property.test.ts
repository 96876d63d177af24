/** A site, its sentinel and everything that can happen to them, in any order. */
import fc from 'fast-check';
import type { SettledNetwork } from '../../../domain/isolation';
import {
  asksForFence,
  decideSentinel,
  rememberFacts,
  type FenceKnowledge,
  type SentinelFacts,
  type SentinelMemory,
} from '../../../domain/sentinel';

interface World {
  memory: SentinelMemory;
  stopped: boolean;
  /** The application, and whether it was the sentinel that stopped it. */
  running: boolean;
  network: SettledNetwork;
  fence: FenceKnowledge;
  /** What the sentinel read last of it, while the site was down. */
  lastRead?: 'fenced' | 'notFenced';
  lock: SentinelFacts['lock'];
}

const networks = fc.constantFrom<SettledNetwork>('connected', 'isolated', 'unsettled');
const fences = fc.constantFrom<FenceKnowledge>(
  { known: 'notFenced' },
  { known: 'fenced', says: 'by incident demo-1' },
  { known: 'nothing', says: 'Temporal does not answer' },
);
const happenings = fc.oneof(
  fc.record({ network: networks }),
  fc.record({ fence: fences }),
  fc.record({ lost: fc.constant('lock' as const) }),
  fc.record({ restarted: fc.constant(true) }),
  { weight: 6, arbitrary: fc.record({ tick: fc.constant(true), works: fc.boolean() }) },
);

/** One round of the sentinel; `works` says whether its command succeeds. */
function tick(world: World, works: boolean): void {
  const { network, stopped, lock } = world;
  const asked = asksForFence(world.memory, { network, stopped, lock }) ? world.fence : undefined;
  const facts: SentinelFacts = { network, stopped, lock, fence: asked };
  const next = decideSentinel(world.memory, facts);
  const wasDown = world.memory.down !== undefined;
  world.memory = rememberFacts(world.memory, facts, 0);
  if (asked && asked.known !== 'nothing') world.lastRead = asked.known;
  if (next.kind === 'start') {
    expect(wasDown).toBe(true);
    expect(network).toBe('connected');
    expect(lock).not.toBe('notHeld');
    expect(asked?.known).not.toBe('fenced');
    expect(world.lastRead).not.toBe('fenced');
    if (lock === 'notUsed' || world.memory.down?.because === 'isolated') expect(asked?.known).toBe('notFenced');
    world.stopped = false;
    world.running = true;
    if (works) world.memory = {};
  }
  if (next.kind === 'stop') {
    expect(network === 'isolated' || lock !== 'notUsed').toBe(true);
    expect(world.memory.down).toBeDefined();
    world.running = works ? false : world.running;
    world.stopped = works;
  }
  if (next.kind === 'acquireLock' && works) world.lock = 'held';
  if (next.kind === 'nothing' && next.releaseLock) {
    expect(world.running).toBe(false);
    world.lock = 'notHeld';
  }
}

function settle(world: World): void {
  for (let round = 0; round < 4; round += 1) tick(world, true);
}

describe('a sentinel, whatever happens', () => {
  it.each(['notUsed', 'notHeld'] as const)('keeps its word (lock: %s)', (lock) => {
    fc.assert(
      fc.property(fc.array(happenings, { maxLength: 40 }), (happened) => {
        const world: World = {
          memory: {},
          stopped: false,
          running: true,
          network: 'connected',
          fence: { known: 'notFenced' },
          lock,
        };
        for (const one of happened) {
          if ('network' in one) world.network = one.network;
          if ('fence' in one) world.fence = one.fence;
          if ('lost' in one && world.lock === 'held') world.lock = 'notHeld';
          if ('restarted' in one) {
            world.memory = JSON.parse(JSON.stringify(world.memory)) as SentinelMemory;
            world.stopped = false;
            if (world.lock === 'held') world.lock = 'notHeld';
          }
          if ('tick' in one) tick(world, one.works);
        }

        world.network = 'isolated';
        settle(world);
        expect(world).toMatchObject({ running: false, lock });

        world.fence = { known: 'fenced', says: 'by incident demo-1' };
        world.network = 'connected';
        settle(world);
        expect(world.running).toBe(false);

        world.fence = { known: 'notFenced' };
        settle(world);
        expect(world).toMatchObject({ running: true, memory: {} });
      }),
      { numRuns: 500 },
    );
  });
});
