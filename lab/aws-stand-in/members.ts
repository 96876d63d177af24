/** A request's members as they came off the wire: nothing is known of them until it is asked for here. */
export type Members = Readonly<Record<string, unknown>>;

type Refuse = (message: string) => Error;

interface Range {
  from: number;
  to: number;
}

/** AWS's JSON protocol takes a null member for an absent one. */
const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads members of one request, refusing what is not as the API model has it in the service's own words. */
export class MemberReader {
  /** @param length of texts, where a member has no bounds of its own. */
  constructor(
    private readonly refuse: Refuse,
    private readonly length: Range = { from: 1, to: Infinity },
  ) {}

  optionalText(members: Members, name: string, { from, to }: Range = this.length): string | undefined {
    const value = members[name];
    if (absent(value)) return undefined;
    if (typeof value !== 'string' || value.length < from || value.length > to) {
      throw this.refuse(`${name} must be a text of ${from} to ${to} characters.`);
    }
    return value;
  }

  text(members: Members, name: string, length: Range = this.length): string {
    const value = this.optionalText(members, name, length);
    if (value === undefined) throw this.refuse(`${name} is required.`);
    return value;
  }

  optionalWhole(members: Members, name: string, range: Range): number | undefined {
    const value = this.optionalNumber(members, name, range);
    if (value !== undefined && !Number.isInteger(value)) throw this.refuse(`${name} must be a whole number.`);
    return value;
  }

  optionalNumber(members: Members, name: string, { from, to }: Range): number | undefined {
    const value = members[name];
    if (absent(value)) return undefined;
    if (typeof value !== 'number' || value < from || value > to) {
      throw this.refuse(`${name} must be a number from ${from} to ${to}.`);
    }
    return value;
  }

  optionalFlag(members: Members, name: string): boolean | undefined {
    const value = members[name];
    if (absent(value)) return undefined;
    if (typeof value !== 'boolean') throw this.refuse(`${name} must be true or false.`);
    return value;
  }

  optionalList(members: Members, name: string, { from, to }: Range): Members[] | undefined {
    const value = members[name];
    if (absent(value)) return undefined;
    if (!Array.isArray(value) || value.length < from || value.length > to || !value.every(isMembers)) {
      throw this.refuse(`${name} must be a list of ${from} to ${to} objects.`);
    }
    return value;
  }

  list(members: Members, name: string, size: Range): Members[] {
    const value = this.optionalList(members, name, size);
    if (value === undefined) throw this.refuse(`${name} is required.`);
    return value;
  }

  /** A list of texts, none of them empty. */
  optionalTexts(members: Members, name: string, size: Range): string[] | undefined {
    const value = members[name];
    if (absent(value)) return undefined;
    const isText = (item: unknown): item is string => typeof item === 'string' && item !== '';
    if (!Array.isArray(value) || value.length < size.from || value.length > size.to || !value.every(isText)) {
      throw this.refuse(`${name} must be a list of ${size.from} to ${size.to} texts.`);
    }
    return value;
  }
}
