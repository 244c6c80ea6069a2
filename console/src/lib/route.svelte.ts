// Where one is: the part of the address after '#', which never reaches a server or its log.
class Route {
  #hash = $state(location.hash);
  readonly path = $derived(this.#hash.replace(/^#\/?/, '').split('?')[0] ?? '');
  /** ['customers', '12']; [] at the start. */
  readonly parts = $derived(this.path.split('/').filter(Boolean).map(decode));
  /** What stands after '?': `route.query.get('stage')`. */
  readonly query = $derived(new URLSearchParams(this.#hash.split('?')[1] ?? ''));

  constructor() {
    addEventListener('hashchange', () => this.read());
  }
  read(): void {
    this.#hash = location.hash;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = new Route();

/** '#/customers/12' for href attributes. */
export function href(path: string): string {
  return `#${path.startsWith('/') ? path : `/${path}`}`;
}

/** Goes to a path; with `replace` the way back does not lead here again (for filters). */
export function go(path: string, options: { replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(history.state, '', href(path));
  else if (location.hash !== href(path)) history.pushState(null, '', href(path));
  route.read();
}
