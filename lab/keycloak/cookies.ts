/** The cookies of one browser that visits one server; paths and lifetimes do not matter to a login. */
export class Cookies {
  readonly #values = new Map<string, string>();

  /** Takes what a `Set-Cookie` header says; one that is over, or empty, is forgotten. */
  take(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
    const equals = pair.indexOf('=');
    if (equals <= 0) return;
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    if (value === '' || value === '""' || attributes.some((attribute) => /^max-age=0$/i.test(attribute))) {
      this.#values.delete(name);
    } else {
      this.#values.set(name, value);
    }
  }

  /** The `Cookie` header; empty when there are none. */
  get header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
