// Arithmetic of charts: round ticks, and paths.
export interface Tick {
  at: number;
  label: string;
}

/** Round steps from 0 to at least `most`, about `wanted` of them; the last one is the end of the axis. */
export function ticks(most: number, wanted: number, label: (n: number) => string): Tick[] {
  const rough = (most > 0 ? most : 1) / wanted;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * ([1, 2, 2.5, 5].find((k) => k * ten >= rough) ?? 10);
  const out: Tick[] = [];
  for (let i = 0; ; i++) {
    const at = Number((i * step).toPrecision(12));
    out.push({ at, label: label(at) });
    if (at >= most) return out;
  }
}

/** The same in whole months: steps of one, two, three, six or twelve; none beyond the end. */
export function monthTicks(most: number, wanted: number, label: (n: number) => string): Tick[] {
  const step = [1, 2, 3, 6, 12, 24].find((k) => most / k <= wanted) ?? 60;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => ({ at: i * step, label: label(i * step) }));
}

/** "M1 2L3 4": a line through points. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
