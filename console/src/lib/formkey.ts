// A key for each filled-in form. As long as its answer has not come, the same content keeps its key: pressed again after a lost answer, it does
// nothing twice, and the answer is the first one's.
const waiting = new Map<string, string>();

function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** The key of this content for this address. */
export function keyOf(path: string, body: unknown): string {
  const what = JSON.stringify([path, body]);
  const key = waiting.get(what) ?? fresh();
  waiting.set(what, key);
  return key;
}

/** Its answer is here: the same content is from now on something new. */
export function answered(path: string, body: unknown): void {
  waiting.delete(JSON.stringify([path, body]));
}
