import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** What an agent says of itself by the action `metadata` (ClusterLabs, FenceAgentAPI). */
export interface AgentMetadata {
  name: string;
  actions: readonly string[];
  parameters: readonly AgentParameter[];
}

export interface AgentParameter {
  name: string;
  required: boolean;
  /** The agent goes by this value where none is given. */
  hasDefault: boolean;
  deprecated: boolean;
  /** The old name of this one: either will do. */
  obsoletes?: string;
  /** How it is written on a command line: parameters with the same option are one. */
  option?: string;
}

const list = <T extends z.ZodType>(of: T) => z.union([z.array(of), of.transform((one) => [one])]);
const attributes = z.looseObject({ name: z.string() });
const parameter = z.looseObject({
  name: z.string(),
  required: z.string().optional(),
  deprecated: z.string().optional(),
  obsoletes: z.string().optional(),
  getopt: z.looseObject({ mixed: z.string().optional() }).optional(),
  content: z.unknown(),
});
const document = z.looseObject({
  'resource-agent': z.looseObject({
    name: z.string(),
    parameters: z.union([z.looseObject({ parameter: list(parameter).optional() }), z.literal('')]).optional(),
    actions: z.looseObject({ action: list(attributes) }),
  }),
});

/** No entities are resolved, and nothing is fetched: the agent's output is not trusted. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
});

/** `undefined` where it is no metadata of a fence agent. */
export function parseMetadata(xml: string): AgentMetadata | undefined {
  // Whatever an agent's interpreter warns of stands before it.
  const [only] = /<resource-agent[\s\S]*<\/resource-agent>/.exec(xml) ?? [];
  const parsed = document.safeParse(only === undefined ? undefined : parsedXml(only));
  if (!parsed.success) return undefined;
  const agent = parsed.data['resource-agent'];
  const parameters = typeof agent.parameters === 'object' ? (agent.parameters.parameter ?? []) : [];
  return {
    name: agent.name,
    actions: agent.actions.action.map(({ name }) => name),
    parameters: parameters.map(({ name, required, deprecated, obsoletes, getopt, content }) => ({
      name,
      required: required === '1',
      hasDefault: typeof content === 'object' && content !== null && 'default' in content,
      deprecated: deprecated === '1',
      obsoletes,
      option: getopt?.mixed,
    })),
  };
}

function parsedXml(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return undefined;
  }
}

/** Asked by us, so not for a configuration to give. */
const ours = ['action', 'option'];

/** What is wrong with the parameters of a configuration, one sentence each. */
export function parameterFaults(metadata: AgentMetadata, given: readonly string[]): readonly string[] {
  const { parameters, name: agent, actions } = metadata;
  const unknown = given
    .filter((name) => !parameters.some((one) => one.name === name) || ours.includes(name))
    .map((name) =>
      ours.includes(name)
        ? `${agent}: ${name} is not for the configuration: it is what Sitewarden asks for.`
        : `${agent} has no parameter ${name}${nearestTo(name, parameters)}; it would be ignored.`,
    );
  const missing = parameters
    .filter(
      ({ name, required, hasDefault, deprecated }) => required && !hasDefault && !deprecated && !ours.includes(name),
    )
    .filter((one) => !sameAs(one, parameters).some((name) => given.includes(name)))
    .map(({ name }) => `${agent} needs the parameter ${name}, which is not given.`);
  const lacking = ['off', 'on', 'status']
    .filter((action) => !actions.includes(action))
    .map((action) => `${agent} cannot do "${action}", which a fence device has to.`);
  return [...unknown, ...missing, ...lacking];
}

/** All names of one parameter: the present one and those it made obsolete. */
function sameAs({ name, obsoletes, option }: AgentParameter, all: readonly AgentParameter[]): readonly string[] {
  const others = all.filter((one) => one.name === obsoletes || (option !== undefined && one.option === option));
  return [name, ...others.map((one) => one.name)];
}

function nearestTo(name: string, parameters: readonly AgentParameter[]): string {
  const near = parameters.find(
    (one) => !one.deprecated && (one.name.includes(name) || name.includes(one.name)) && !ours.includes(one.name),
  );
  return near ? ` (did you mean ${near.name}?)` : '';
}
