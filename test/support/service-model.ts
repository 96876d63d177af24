/** What a service model says of values: botocore's service-2.json, read as a rule book. */

/** The parts of the file that are looked at. */
export interface ServiceModel {
  operations: Record<string, { input?: { shape: string }; output?: { shape: string } }>;
  shapes: Record<string, Shape>;
}

interface Shape {
  type: string;
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
  required?: string[];
  min?: number;
  max?: number;
  enum?: string[];
  pattern?: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Where a value is not as its shape has it.
 * @param texts whether numbers and times are told as texts, as XML does; there an empty list or object is an empty text.
 */
export function problemsIn(model: ServiceModel, shapeName: string, value: unknown, texts = false): string[] {
  return problems(shapeName, value, shapeName);

  function problems(name: string, found: unknown, path: string): string[] {
    const shape = shapeOf(model, name);
    const said = JSON.stringify(found);
    const unless = (holds: boolean, what: string) => (holds ? [] : [`${path} is ${said}: ${what}`]);
    switch (shape.type) {
      case 'structure': {
        const value = texts && found === '' ? {} : found;
        if (!isObject(value)) return unless(false, 'not an object');
        const members = shape.members ?? {};
        return [
          ...(shape.required ?? []).flatMap((member) => unless(member in value, `${member} is required`)),
          ...Object.entries(value).flatMap(([member, inner]) => {
            const known = members[member];
            if (known === undefined) return unless(false, `there is no member ${member}`);
            return inner === null ? [] : problems(known.shape, inner, `${path}.${member}`);
          }),
        ];
      }
      case 'list': {
        const list = texts && found === '' ? [] : found;
        if (!Array.isArray(list)) return unless(false, 'not a list');
        return [
          ...unless(isWithin(shape, list.length), 'too short or too long'),
          ...list.flatMap((item, index) => problems(shape.member?.shape ?? '', item, `${path}[${index}]`)),
        ];
      }
      case 'string':
        return [
          ...unless(typeof found === 'string', 'not a text'),
          ...unless(isWithin(shape, String(found).length), 'too short or too long'),
          ...unless(shape.enum?.includes(String(found)) ?? true, `none of ${shape.enum?.join(', ')}`),
          ...unless(matches(shape, String(found)), `not like ${shape.pattern}`),
        ];
      case 'integer':
      case 'long':
      case 'float': {
        const number = texts ? Number(found) : found;
        if (typeof number !== 'number' || Number.isNaN(number)) return unless(false, 'not a number');
        return [
          ...unless(shape.type === 'float' || Number.isInteger(number), 'not whole'),
          ...unless(isWithin(shape, number), 'too small or too large'),
        ];
      }
      case 'boolean':
        return unless(texts ? found === 'true' || found === 'false' : typeof found === 'boolean', 'not true or false');
      case 'timestamp':
        return unless(texts ? !Number.isNaN(Date.parse(String(found))) : typeof found === 'number', 'not a time');
      default:
        return [`${path} is of the type ${shape.type}, which this rule book does not know`];
    }
  }
}

export interface Violation {
  /** What is wrong with the input. */
  what: string;
  input: Json;
}

/**
 * Inputs that break one bound each: of every member that the good input has, at any depth, and of those required.
 * `unlike` gives list items that differ, so that a list is refused for its length and not for a repetition.
 */
export function violationsOf(model: ServiceModel, shapeName: string, good: Json): Violation[] {
  return breaking(shapeName, good, shapeName).map(({ what, value }) => ({ what, input: value as Json }));

  function breaking(name: string, value: unknown, path: string): { what: string; value: unknown }[] {
    const shape = shapeOf(model, name);
    const { min, max } = shape;
    const broken = (what: string, bad: unknown) => ({ what: `${path} ${what}`, value: bad });
    switch (shape.type) {
      case 'structure': {
        const object = value as Json;
        const without = (member: string) =>
          Object.fromEntries(Object.entries(object).filter(([key]) => key !== member));
        return [
          ...(shape.required ?? []).map((member) => broken(`without ${member}`, without(member))),
          ...Object.entries(object).flatMap(([member, inner]) =>
            breaking(shape.members?.[member]?.shape ?? '', inner, `${path}.${member}`).map((bad) => ({
              ...bad,
              value: { ...object, [member]: bad.value },
            })),
          ),
        ];
      }
      case 'list': {
        const [item, ...rest] = value as unknown[];
        const inner = shape.member?.shape ?? '';
        return [
          ...(min !== undefined && min > 0 ? [broken(`of ${min - 1}`, several(item, min - 1))] : []),
          ...(max !== undefined ? [broken(`of ${max + 1}`, several(item, max + 1))] : []),
          ...breaking(inner, item, `${path}[0]`).map((bad) => ({ ...bad, value: [bad.value, ...rest] })),
        ];
      }
      case 'string': {
        const text = String(value);
        const odd = [`${text} `, 'x'.repeat(text.length)].find((candidate) => !matches(shape, candidate));
        return [
          ...(min !== undefined && min > 0 ? [broken(`of ${min - 1} characters`, text.slice(0, min - 1))] : []),
          ...(max !== undefined ? [broken(`of ${max + 1} characters`, text.padEnd(max + 1, '1'))] : []),
          ...(shape.enum !== undefined ? [broken('that is not in the list', `${text}x`)] : []),
          ...(odd !== undefined ? [broken(`unlike ${shape.pattern}`, odd)] : []),
        ];
      }
      case 'integer':
      case 'float':
        return [
          ...(min !== undefined ? [broken(`of ${min - 1}`, min - 1)] : []),
          ...(max !== undefined ? [broken(`of ${max + 1}`, max + 1)] : []),
        ];
      default:
        return [];
    }
  }
}

/** Members of the input shape that an example leaves out, at any depth. */
export function missingFrom(model: ServiceModel, shapeName: string, value: unknown, path = shapeName): string[] {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'list')
    return missingFrom(model, shape.member?.shape ?? '', (value as unknown[])[0], `${path}[0]`);
  if (shape.type !== 'structure') return [];
  return Object.entries(shape.members ?? {}).flatMap(([member, { shape: inner }]) => {
    const found = (value as Json)[member];
    return found === undefined ? [`${path}.${member}`] : missingFrom(model, inner, found, `${path}.${member}`);
  });
}

function several(item: unknown, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    if (typeof item === 'string') return `${item}${index}`;
    const texts = Object.entries(item as Json).map(([key, inner]) => [
      key,
      typeof inner === 'string' ? `${inner}${index}` : inner,
    ]);
    return Object.fromEntries(texts) as Json;
  });
}

function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`The model has no shape ${name}.`);
  return shape;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWithin = ({ min = -Infinity, max = Infinity }: Shape, size: number) => size >= min && size <= max;

const matches = ({ pattern }: Shape, text: string) =>
  pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text);
