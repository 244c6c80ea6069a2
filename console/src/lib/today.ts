// What Today does with lists, apart from drawing them.

export interface Listed {
  item: string;
  customer: { id: string };
}

/** How many rows of the list on the screen are new, gone or elsewhere in a newer list. Rows that only moved up because others left do not
    count: nobody has to see that. */
export function changes(shown: readonly Listed[], newer: readonly Listed[]): number {
  const now = new Set(newer.map((i) => i.item));
  const before = new Set(shown.map((i) => i.item));
  const gone = shown.filter((i) => !now.has(i.item)).length;
  const come = newer.filter((i) => !before.has(i.item)).length;
  const kept = shown.filter((i) => now.has(i.item)).map((i) => i.item);
  const order = newer.filter((i) => before.has(i.item)).map((i) => i.item);
  return gone + come + (kept.length - longestRun(kept, order));
}

/** Length of the longest run of names that stand in the same order in both. */
function longestRun(a: readonly string[], b: readonly string[]): number {
  const at = new Map(b.map((x, i) => [x, i]));
  const tails: number[] = []; // patience sorting: tails[k] is the least last place of a run of k+1
  for (const x of a) {
    const v = at.get(x) as number;
    let k = tails.findIndex((y) => y >= v);
    if (k < 0) k = tails.length;
    tails[k] = v;
  }
  return tails.length;
}

/** A sentence about somebody, without their name: it stands above already. Either the sentence begins with the name, or, in Arabic, the name
    follows the word for a customer, which then carries the sentence alone. */
export function withoutName(sentence: string, name: string): string {
  if (name === '') return sentence;
  for (const shown of [`\u2068${name}\u2069`, name]) {
    const [before, after, ...more] = sentence.split(`العميل ${shown} `);
    if (before !== undefined && after !== undefined && more.length === 0) return `${before}العميل ${after}`;
  }
  for (const shown of [`\u2068${name}\u2069`, name]) {
    if (!sentence.startsWith(shown)) continue;
    const rest = sentence.slice(shown.length);
    if (/^[\s:،,]/.test(rest)) return rest.replace(/^[\s:،,]+/, '');
  }
  return sentence;
}

/** Expected gain of the items that are left. The ends add up, because the assumption behind them is one and the same for all. */
export function sum(items: readonly { gain_minor: { value: number; low: number; high: number } }[]): { value: number; low: number; high: number } {
  const out = { value: 0, low: 0, high: 0 };
  for (const { gain_minor: g } of items) {
    out.value += g.value;
    out.low += g.low;
    out.high += g.high;
  }
  return out;
}

/** +971519082403 in groups, as people read numbers aloud; what is no international number stays as it is. */
export function phoneText(e164: string): string {
  const m = /^\+(\d{7,15})$/.exec(e164);
  if (!m) return e164;
  const digits = m[1] as string;
  // Country codes of one, two and three digits, by their zones.
  const code = /^[17]/.test(digits) ? 1 : /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/.test(digits) ? 2 : 3;
  const rest = digits.slice(code);
  const groups: string[] = [];
  for (let i = rest.length; i > 0; i -= i === 4 || i === 2 ? i : i === rest.length && rest.length % 3 === 1 ? 4 : 3)
    groups.unshift(rest.slice(Math.max(0, i - (i === 4 ? 4 : i === rest.length && rest.length % 3 === 1 ? 4 : 3)), i));
  return `+${digits.slice(0, code)} ${groups.join(' ')}`;
}
