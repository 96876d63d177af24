import { z } from 'zod';
import { mapping, say, secretText, text, wholeNumber } from './fields';

/** What an agent is to do is for Sitewarden to say: a monitor that switches a site off would be the end of it. */
const parameterName = /^(?!(action|option)$)[\w-]{1,64}$/;
const aName = 'this is no parameter to configure';
const asNamed = "Write it as the agent's metadata names it, as in ip or ssl_insecure.";

function byParameter<Value extends z.ZodType>(value: Value, write: string) {
  return z.record(text(parameterName, aName, asNamed), value, {
    error: ({ code }) =>
      code === 'invalid_key' ? `${aName}\n${asNamed}` : say('this must be a mapping of parameters', write),
  });
}

const agent = mapping(
  {
    program: text(
      /^\S(.{0,254}\S)?$/,
      'this is no program',
      'Write the path of the agent, as in /usr/sbin/fence_redfish; it gets no arguments.',
    ),
    /** Go to the agent by standard input, one line each. */
    parameters: byParameter(
      text(/^[^\r\n\0]*$/, 'a parameter must be a text of one line', 'Put numbers, true and false in quotes: "443".'),
      'Write parameters: { ip: bmc.example, username: sitewarden }.',
    ).default({}),
    /** By parameter, where its secret is to be found; each is one text. */
    secrets: byParameter(
      mapping({ secret: secretText() }, 'Write secrets: { password: { secret: <reference> } }.'),
      'Write secrets: { password: { secret: aws:<secret id> } }.',
    ).default({}),
    timeoutSeconds: wholeNumber({ min: 1, max: 600 }, 'Write how long the agent may take, as in 60.').default(60),
  },
  'Write agent: { program: /usr/sbin/fence_redfish, parameters: { ... }, secrets: { password: { secret: <reference> } } }.',
);

const level = wholeNumber({ min: 1, max: 9 }, 'Write the level in which it is tried, from 1 to 9.');
const nameOf = (what: string) =>
  text(/^[a-z0-9-]{1,40}$/, `this is no name of a ${what}`, 'Use 1 to 40 lower-case letters, digits and dashes.');

const device = mapping(
  {
    name: nameOf('fence device'),
    /** The site that it cuts off. */
    site: nameOf('site'),
    level: level.default(2),
    agent: agent.optional(),
    /** What a person has to do before confirming. */
    manual: text(
      /^\S.{0,299}$/,
      'this is no instruction',
      'Write in one line what a person has to do, as in: pull the uplink of rack 7.',
    ).optional(),
  },
  'Write a device as { name: power-b, site: site-b, agent: { program: <path> } }, or with manual: <what a person does>.',
);

/** What fences beside Global Accelerator. What the devices say about each other is looked at in device-checks.ts. */
export const fenceDevices = z
  .array(device, {
    error: say('this must be a list of devices', 'Write the devices, each beginning with "- name:", or leave it out.'),
  })
  .min(1, { error: say('the list is empty', 'Name a device, or leave fenceDevices out.') });

/** Of Global Accelerator among the levels. */
export const trafficFence = {
  fenceLevel: level.optional(),
  confirmsWithinSeconds: wholeNumber(
    { min: 10, max: 600 },
    'Write after how long without a confirmation the next level is tried, as in 30.',
  ).optional(),
};

export type FenceDeviceConfig = z.output<typeof device>;
