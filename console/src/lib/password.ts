// What can honestly be said of a password before the server looks it up: its length, and whether it is one that everybody tries first.
export const LEAST = 12;

export type Strength = 'empty' | 'short' | 'plain' | 'fine' | 'strong';

export function characters(password: string): number {
  return [...password.normalize('NFKC')].length;
}

function plain(p: string, about: readonly string[]): boolean {
  const s = p.normalize('NFKC').toLowerCase();
  const different = new Set(s).size;
  if (different < 5) return true; // aaaaaaaaaaaa, abababababab
  const codes = [...s].map((c) => c.codePointAt(0) as number);
  const runs = codes.filter((c, i) => i > 0 && Math.abs(c - (codes[i - 1] as number)) <= 1).length;
  if (runs >= codes.length * 0.7) return true; // abcdefghijkl, 123456789012
  const rest = about
    .flatMap((a) => a.toLowerCase().split(/[\s@.]+/))
    .filter((a) => a.length >= 3)
    .reduce((left, a) => left.replaceAll(a, ''), s);
  return characters(rest) < 6; // hardly more than one's own name
}

/** `about`: name, e-mail address, business: what others know. */
export function strength(password: string, about: readonly string[] = []): Strength {
  const n = characters(password);
  if (n === 0) return 'empty';
  if (n < LEAST) return 'short';
  if (plain(password, about)) return 'plain';
  return n >= 16 ? 'strong' : 'fine';
}
